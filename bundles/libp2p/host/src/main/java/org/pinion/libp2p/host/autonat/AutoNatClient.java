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
package org.pinion.libp2p.host.autonat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.Reachability;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.swarm.Addresses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks connected peers whether they can dial us, one at a time. Thread-safe.
 *
 * @spec libp2p "AutoNAT" v1
 */
public final class AutoNatClient {
    /** What the client needs of its host. */
    public interface Self {
        /** Who we are. */
        PeerId id();

        /** Where we are said to be; nobody is asked while this is empty. */
        List<Multiaddr> addresses();

        /** The open connections. */
        Collection<Connection> connections();

        /** The protocols a peer serves. */
        Set<String> protocols(PeerId peer);

        /** What is believed has changed. */
        void changed(Reachability reachability);
    }

    static final long BOOT_SECONDS = 15;
    static final long RETRY_SECONDS = 90;
    static final long REFRESH_SECONDS = 15 * 60;

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host.autonat");
    /** A peer needs up to 15 seconds for an answer. */
    private static final long ANSWER_SECONDS = 30;

    private static final int MAX_MESSAGE_BYTES = 4096;
    private static final int MAX_ADDRESSES = 16;
    private static final int MAX_ASKED = 256;

    private final Self self;
    private final ScheduledExecutorService timers;
    private final LongSupplier nanos;
    private final Map<PeerId, Long> asked = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PeerId, Long> eldest) {
            return size() > MAX_ASKED;
        }
    };

    private Opinion opinion = Opinion.NONE;

    public AutoNatClient(Self self, ScheduledExecutorService timers, LongSupplier nanos) {
        this.self = self;
        this.timers = timers;
        this.nanos = nanos;
    }

    /** Begins to ask, a while from now. */
    public void start() {
        askAfter(BOOT_SECONDS);
    }

    /** What is believed now. */
    public synchronized Reachability reachability() {
        return opinion.reachability();
    }

    private void askAfter(long seconds) {
        try {
            timers.schedule(this::probe, seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the host is closed, nobody is asked");
        }
    }

    private void probe() {
        List<Multiaddr> addresses = self.addresses().stream()
                .filter(address -> !Addresses.isRelayed(address))
                .limit(MAX_ADDRESSES)
                .toList();
        Connection connection = addresses.isEmpty() ? null : choose();
        if (connection == null) {
            heard(Reachability.UNKNOWN);
            return;
        }
        byte[] question = DialRequest.encode(self.id(), addresses);
        connection
                .newStream(List.of(AutoNatService.PROTOCOL))
                .thenCompose(stream -> ask(stream, question))
                .whenComplete((answer, error) -> {
                    if (error != null) {
                        LOG.debug("autonat answer of {}: {}", connection.remotePeer(), error.getMessage());
                        heard(Reachability.UNKNOWN);
                    } else {
                        LOG.debug("autonat answer of {}: status {}", connection.remotePeer(), answer.status());
                        heard(meaning(answer.status()));
                    }
                });
    }

    private static Reachability meaning(int status) {
        return switch (status) {
            case DialAnswer.OK -> Reachability.PUBLIC;
            case DialAnswer.DIAL_ERROR -> Reachability.PRIVATE;
            default -> Reachability.UNKNOWN;
        };
    }

    /** Any of the peers that offer it and were not asked just before. */
    private @Nullable Connection choose() {
        List<Connection> able = new ArrayList<>();
        for (Connection each : self.connections()) {
            if (!Addresses.isRelayed(each.remoteAddress())
                    && self.protocols(each.remotePeer()).contains(AutoNatService.PROTOCOL)) {
                able.add(each);
            }
        }
        Collections.shuffle(able);
        long now = nanos.getAsLong();
        synchronized (this) {
            for (Connection each : able) {
                Long before = asked.get(each.remotePeer());
                if (before == null || now - before >= TimeUnit.SECONDS.toNanos(RETRY_SECONDS)) {
                    asked.remove(each.remotePeer());
                    asked.put(each.remotePeer(), now);
                    return each;
                }
            }
        }
        return null;
    }

    private CompletableFuture<DialAnswer> ask(Stream stream, byte[] question) {
        ScheduledFuture<?> limit =
                timers.schedule(() -> stream.reset(Stream.RESET_NONE), ANSWER_SECONDS, TimeUnit.SECONDS);
        return MessageWriter.write(stream, question)
                .thenCompose(done -> new MessageReader(stream, MAX_MESSAGE_BYTES).read())
                .toCompletableFuture()
                .thenCompose(AutoNatClient::understand)
                .whenComplete((answer, error) -> {
                    limit.cancel(false);
                    if (error == null) {
                        stream.close();
                    } else {
                        stream.reset(Stream.RESET_NONE);
                    }
                });
    }

    private static CompletableFuture<DialAnswer> understand(Optional<byte[]> message) {
        try {
            return CompletableFuture.completedFuture(
                    DialAnswer.decode(message.orElseThrow(() -> new IOException("no answer"))));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void heard(Reachability heard) {
        Opinion before;
        Opinion now;
        synchronized (this) {
            before = opinion;
            now = before.after(heard);
            opinion = now;
        }
        if (now.reachability() != before.reachability()) {
            LOG.info("reachable from the public network: {}", now.reachability());
            self.changed(now.reachability());
        }
        askAfter(now.isFirm() ? REFRESH_SECONDS : RETRY_SECONDS);
    }
}
