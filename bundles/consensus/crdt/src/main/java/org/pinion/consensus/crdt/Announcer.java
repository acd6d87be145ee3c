/*
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */
package org.pinion.consensus.crdt;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.libp2p.api.Topic;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the others about our nodes: new ones at once, all heads when a peer comes, and from time to time those that nobody
 * else announced. One message is on its way at a time; what comes meanwhile goes with the next. Inside the lane only.
 */
final class Announcer {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");
    private static final int MAX_NODES_PER_MESSAGE = 64;
    private static final int MAX_SEEN = 4096;
    private static final double JITTER = 0.3;
    /** A newcomer is told soon, and once more when the mesh has surely taken it in. */
    private static final List<Duration> NEWCOMER_DELAYS = List.of(Duration.ofMillis(250), Duration.ofSeconds(5));

    private final Lane lane;
    private final Workers workers;
    private final Topic topic;
    private final Supplier<List<Cid>> heads;
    private final RandomGenerator random;
    private final Deque<Cid> fresh = new ArrayDeque<>();
    private final Set<Cid> again = new LinkedHashSet<>();
    private final Set<Cid> seen = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Cid, Boolean> eldest) {
            return size() > MAX_SEEN;
        }
    });
    private int newcomerRounds;
    private boolean publishing;

    Announcer(Lane lane, Workers workers, Topic topic, Supplier<List<Cid>> heads, RandomGenerator random) {
        this.lane = lane;
        this.workers = workers;
        this.topic = topic;
        this.heads = heads;
        this.random = random;
    }

    /** Announces nodes that were just made, oldest first; peers can fetch them side by side. */
    void announce(Collection<Cid> nodes) {
        fresh.addAll(nodes);
        while (fresh.size() > MAX_NODES_PER_MESSAGE) {
            fresh.removeFirst(); // the others link to it
        }
        publish();
    }

    /** Announces all heads, however many messages that takes. */
    void announceHeads() {
        again.addAll(heads.get());
        publish();
    }

    /** Somebody announced these. */
    void seen(Collection<Cid> announced) {
        seen.addAll(announced);
    }

    /** A peer came that may know nothing. */
    void newcomer() {
        if (newcomerRounds > 0) {
            newcomerRounds = NEWCOMER_DELAYS.size();
            return;
        }
        newcomerRounds = NEWCOMER_DELAYS.size();
        scheduleNewcomerRound();
    }

    private void scheduleNewcomerRound() {
        Duration delay = NEWCOMER_DELAYS.get(NEWCOMER_DELAYS.size() - newcomerRounds);
        lane.schedule(delay, () -> {
            announceHeads();
            if (--newcomerRounds > 0) {
                scheduleNewcomerRound();
            }
        });
    }

    /** Announces the heads that nobody announced since the last round. */
    void rebroadcast() {
        List<Cid> unseen = new LinkedHashSet<>(heads.get())
                .stream().filter(head -> !seen.contains(head)).toList();
        seen.clear();
        again.addAll(unseen);
        publish();
    }

    /** The time to the next round. */
    Duration jittered(Duration interval) {
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        return Duration.ofNanos((long) (interval.toNanos() * factor));
    }

    private void publish() {
        if (publishing || fresh.isEmpty() && again.isEmpty()) {
            return;
        }
        List<Cid> next = new ArrayList<>(fresh);
        fresh.clear();
        Iterator<Cid> rest = again.iterator();
        while (rest.hasNext() && next.size() < MAX_NODES_PER_MESSAGE) {
            next.add(rest.next());
            rest.remove();
        }
        byte[] message = HeadsMessage.encode(next);
        publishing = true;
        try {
            // signing takes a while: not on the lane
            workers.execute(() -> send(message));
        } catch (RejectedExecutionException e) {
            publishing = false;
            log.debug("heads not announced: {}", e.getMessage());
        }
    }

    private void send(byte[] message) {
        try {
            topic.publish(message).whenComplete((done, failure) -> sent(failure == null ? "" : failure.toString()));
        } catch (RuntimeException e) {
            sent(e.toString());
        }
    }

    private void sent(String failure) {
        if (!failure.isEmpty()) {
            log.debug("heads not announced: {}", failure);
        }
        try {
            lane.execute(() -> {
                publishing = false;
                publish();
            });
        } catch (RejectedExecutionException e) {
            log.debug("announcing ended: {}", e.getMessage());
        }
    }
}
