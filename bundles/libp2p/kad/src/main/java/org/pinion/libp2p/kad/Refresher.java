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
package org.pinion.libp2p.kad;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.RoutingSettings;

/**
 * Keeps a table full of peers that are there: asks the silent ones, and looks for our own id and for random ones in every
 * bucket. Belongs to the loop.
 *
 * @spec libp2p "Kademlia DHT", bootstrap process
 */
final class Refresher {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final int MOST_DOUBLINGS = 8;
    private static final int KEY_TRIES = 1 << RoutingTable.DEEPEST_REFRESHED + 5;
    private static final int KEY_BYTES = 32;

    private final Dht dht;
    private final RoutingTable table;
    private final KadId self;
    private final PeerId selfPeer;
    private final RoutingSettings settings;
    private final Loop loop;
    private final Kademlia.Means means;
    /** When each bucket was looked into last; null when never. */
    private final @Nullable Long[] looked = new @Nullable Long[RoutingTable.DEEPEST_REFRESHED + 1];

    private @Nullable CompletableFuture<Void> running;
    private @Nullable CompletableFuture<Void> following;
    private boolean soon;
    private int eager;
    private boolean closed;

    Refresher(Dht dht, RoutingTable table, KadId self, Dht.Parts parts) {
        this.dht = dht;
        this.table = table;
        this.self = self;
        selfPeer = parts.host().id();
        settings = parts.settings();
        loop = parts.loop();
        means = parts.means();
    }

    /** Runs a refresh, after the one that may be running; never fails. Calls in between share it. */
    CompletableFuture<Void> refresh() {
        if (closed) {
            return CompletableFuture.completedFuture(null);
        }
        if (running == null) {
            return run(new CompletableFuture<>());
        }
        CompletableFuture<Void> next = following == null ? new CompletableFuture<>() : following;
        following = next;
        return next;
    }

    /** The table was small and got a peer: that one may know more. With pauses that grow, lest a peer keeps us busy. */
    void refreshSoon() {
        if (soon || closed) {
            return;
        }
        soon = true;
        Duration pause = eager == 0 ? Duration.ZERO : FIRST_PAUSE.multipliedBy(1L << Math.min(eager, MOST_DOUBLINGS));
        eager++;
        loop.schedule(pause, () -> {
            soon = false;
            refresh();
        });
    }

    /** The interval is over. */
    void refreshRegularly() {
        eager = 0;
        refresh();
    }

    private CompletableFuture<Void> run(CompletableFuture<Void> result) {
        running = result;
        Duration age = settings.refreshInterval().multipliedBy(Limits.SILENT_INTERVALS);
        CompletableFuture<?>[] probes =
                table.silent(now(), age).stream().map(dht::probe).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(probes)
                .thenCompose(done -> dht.checkConnected())
                .thenCompose(done -> dht.search(selfPeer.bytes()))
                .thenCompose(done -> bucket(0, table.lastBucket()))
                .whenComplete((done, error) -> finished(result));
        return result;
    }

    private void finished(CompletableFuture<Void> result) {
        running = null;
        result.complete(null);
        CompletableFuture<Void> next = following;
        following = null;
        if (next != null && closed) {
            next.complete(null);
        } else if (next != null) {
            run(next);
        }
    }

    /** Looks into the buckets up to the last; an empty one lets the deeper ones be few. */
    private CompletableFuture<Void> bucket(int number, int last) {
        if (number > last || closed) {
            return CompletableFuture.completedFuture(null);
        }
        Long before = looked[number];
        if (before != null && now() - before < settings.refreshInterval().toNanos()) {
            return bucket(number + 1, last);
        }
        Optional<byte[]> key = randomKey(number);
        if (key.isEmpty()) {
            return bucket(number + 1, last);
        }
        return dht.search(key.get()).thenCompose(done -> {
            looked[number] = now();
            int end = table.size(number) == 0 ? Math.min(2 * (number + 1), last) : last;
            return bucket(number + 1, end);
        });
    }

    /** A key, formed like a peer id, of a bucket; empty in the unlikely case that none came up. */
    private Optional<byte[]> randomKey(int bucket) {
        byte[] digest = new byte[KEY_BYTES];
        for (int tries = 0; tries < KEY_TRIES; tries++) {
            means.random().nextBytes(digest);
            byte[] key = Multihash.of(Multihash.SHA2_256, digest).bytes();
            if (KadId.of(key).commonPrefix(self) == bucket) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    private long now() {
        return means.nanos().getAsLong();
    }

    void close() {
        closed = true;
        Arrays.fill(looked, null);
    }
}
