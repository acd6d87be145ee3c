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
package org.pinion.libp2p.bitswap;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connected peers that speak bitswap: carries what the want table has for them, tries again when a stream fails, and
 * sends away who misbehaves. Used inside the loop only, except where said.
 */
final class Partners {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.bitswap");
    private static final Duration SEND_STALLED = Duration.ofSeconds(30);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);
    private static final int MAX_VIOLATIONS = 10;
    /** Blocks nobody asked for cost a hash each; so much is forgiven before a peer is sent away. */
    private static final long MAX_UNWANTED_BYTES = 32 << 20;

    private static final int BYTES_PER_BLOCK = 64;

    private final Host host;
    private final Loop loop;
    private final WantTable table;
    private final LongSupplier nanos;
    private final Map<PeerId, Partner> partners = new HashMap<>();
    private boolean flushing;
    private boolean closed;
    private volatile int count;

    /** A connected peer. */
    private static final class Partner {
        final boolean presences;

        @Nullable
        WantSender sender;

        Duration retry = FIRST_RETRY;
        int violations;
        long unwantedBytes;
        long wantedBytes;

        Partner(boolean presences) {
            this.presences = presences;
        }
    }

    Partners(Host host, Loop loop, WantTable table, LongSupplier nanos) {
        this.host = host;
        this.loop = loop;
        this.table = table;
        this.nanos = nanos;
    }

    /** How many there are. Any thread. */
    int count() {
        return count;
    }

    /** A peer said which protocols it speaks. */
    void identified(PeerId peer, Set<String> protocols) {
        if (!closed && Dialect.spokenBy(protocols) && !partners.containsKey(peer)) {
            Partner partner = new Partner(Dialect.presencesSpokenBy(protocols));
            partners.put(peer, partner);
            count = partners.size();
            begin(peer, partner);
        }
    }

    private void begin(PeerId peer, Partner partner) {
        partner.sender = new WantSender(peer, host, loop, new SenderEvents());
        table.addPeer(peer, partner.presences, nanos.getAsLong());
        flushSoon();
    }

    /** What happens to the streams that carry our wants. */
    private final class SenderEvents implements WantSender.Events {
        @Override
        public void ready(WantSender sender) {
            sender.flush(table, nanos.getAsLong());
        }

        @Override
        public void failed(WantSender sender) {
            Partner partner = partners.get(sender.peer());
            if (partner == null || partner.sender != sender) {
                return;
            }
            partner.sender = null;
            table.removePeer(sender.peer(), nanos.getAsLong());
            flushSoon();
            Duration delay = partner.retry;
            Duration next = delay.multipliedBy(2);
            partner.retry = next.compareTo(LAST_RETRY) < 0 ? next : LAST_RETRY;
            loop.schedule(delay, () -> {
                if (partners.get(sender.peer()) == partner && partner.sender == null) {
                    begin(sender.peer(), partner);
                }
            });
        }
    }

    void disconnected(PeerId peer) {
        Partner partner = partners.remove(peer);
        if (partner == null) {
            return;
        }
        count = partners.size();
        if (partner.sender != null) {
            partner.sender.close();
        }
        table.removePeer(peer, nanos.getAsLong());
        flushSoon();
    }

    /** A block came from a peer. */
    void delivered(PeerId peer, int bytes, boolean wanted) {
        Partner partner = partners.get(peer);
        if (partner == null) {
            return;
        }
        if (wanted) {
            partner.wantedBytes += bytes;
            partner.retry = FIRST_RETRY;
            return;
        }
        partner.unwantedBytes += bytes + BYTES_PER_BLOCK;
        if (partner.unwantedBytes > MAX_UNWANTED_BYTES + partner.wantedBytes) {
            log.info("peer {} is disconnected, it sent {} bytes nobody wanted", peer, partner.unwantedBytes);
            host.disconnect(peer);
        }
    }

    /** A peer broke the protocol. */
    void violated(PeerId peer, String what) {
        log.debug("peer {} broke the protocol: {}", peer, what);
        Partner partner = partners.get(peer);
        if (partner != null && ++partner.violations == MAX_VIOLATIONS) {
            log.info("peer {} is disconnected, it broke the bitswap protocol {} times", peer, MAX_VIOLATIONS);
            host.disconnect(peer);
        }
    }

    /** Sends what piled up, after the tasks that wait now: many wants go into one message. */
    void flushSoon() {
        if (!flushing) {
            flushing = true;
            loop.execute(() -> {
                flushing = false;
                long now = nanos.getAsLong();
                for (Partner partner : partners.values()) {
                    if (partner.sender != null) {
                        partner.sender.flush(table, now);
                    }
                }
            });
        }
    }

    /** Gives up streams that take nothing. */
    void tick(long now) {
        for (Partner partner : List.copyOf(partners.values())) {
            WantSender sender = partner.sender;
            if (sender != null && sender.stalled(now, SEND_STALLED.toNanos())) {
                sender.fail(new NetworkException(Reason.TIMEOUT, "wants were not taken within " + SEND_STALLED));
            }
        }
        flushSoon();
    }

    void close() {
        closed = true;
        partners.values().forEach(partner -> {
            if (partner.sender != null) {
                partner.sender.close();
            }
        });
        partners.clear();
        count = 0;
    }
}
