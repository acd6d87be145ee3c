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
package org.pinion.libp2p.host.swarm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.ConnectionLimits;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.Registration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open connections of a host, their limits, and who hears about them. Thread-safe. */
public final class Swarm {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host");

    private volatile ConnectionLimits limits;
    /** One event loop: listeners hear everything in order, and no lock is held while they do. */
    private final Executor notifier;

    private final CopyOnWriteArrayList<HostListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<PeerId, List<MuxedConnection>> connections = new HashMap<>();
    private final Map<PeerId, Integer> protections = new HashMap<>();
    private int count;
    private boolean closed;

    public Swarm(ConnectionLimits limits, Executor notifier) {
        this.limits = limits;
        this.notifier = notifier;
    }

    /** Takes other limits; what is too much goes when the next connection comes. */
    public void limit(ConnectionLimits changed) {
        limits = changed;
    }

    /** Adds a connection; false if it must be refused. */
    public boolean add(MuxedConnection connection) {
        List<MuxedConnection> surplus = List.of();
        PeerId peer = connection.remotePeer();
        synchronized (this) {
            List<MuxedConnection> ofPeer = connections.getOrDefault(peer, List.of());
            if (closed || (!connection.outbound() && isFull(ofPeer))) {
                return false;
            }
            List<MuxedConnection> now = new ArrayList<>(ofPeer);
            now.add(connection);
            connections.put(peer, now);
            count++;
            if (ofPeer.isEmpty()) {
                notify(listener -> listener.peerConnected(peer));
            }
            if (count > limits.highWater()) {
                surplus = surplus(connection);
            }
        }
        for (MuxedConnection each : surplus) {
            LOG.debug("closing {}: more than {} connections", each, limits.highWater());
            each.close(MuxedConnection.GARBAGE_COLLECTED, "there were too many connections");
        }
        return true;
    }

    private boolean isFull(List<MuxedConnection> ofPeer) {
        long inbound = ofPeer.stream().filter(each -> !each.outbound()).count();
        long most = limits.maxConnections() == 0 ? 2L * limits.highWater() : limits.maxConnections();
        return inbound >= limits.maxInboundPerPeer() || count >= most;
    }

    /** Keeps the connections of a peer when others have to go; see {@link org.pinion.libp2p.api.Dialer#protect}. */
    public Registration protect(PeerId peer) {
        synchronized (this) {
            protections.merge(peer, 1, Integer::sum);
        }
        AtomicBoolean ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                synchronized (this) {
                    protections.computeIfPresent(peer, (key, times) -> times == 1 ? null : times - 1);
                }
            }
        };
    }

    /** What has to go to get down to the low water mark: with the fewest streams first, then the oldest. */
    private List<MuxedConnection> surplus(MuxedConnection newest) {
        long now = System.nanoTime();
        return connections.values().stream()
                .flatMap(List::stream)
                .filter(each -> !each.equals(newest)
                        && !protections.containsKey(each.remotePeer())
                        && now - each.openedNanos() >= limits.grace().toNanos())
                .sorted(Comparator.comparingInt(MuxedConnection::streamCount)
                        .thenComparingLong(each -> each.openedNanos() - now))
                .limit(count - (long) limits.lowWater())
                .toList();
    }

    /** Forgets a connection that is closed; true if it was the last one of its peer. */
    public boolean remove(MuxedConnection connection) {
        PeerId peer = connection.remotePeer();
        synchronized (this) {
            List<MuxedConnection> ofPeer = new ArrayList<>(connections.getOrDefault(peer, List.of()));
            if (!ofPeer.remove(connection)) {
                return false;
            }
            count--;
            if (!ofPeer.isEmpty()) {
                connections.put(peer, ofPeer);
                return false;
            }
            connections.remove(peer);
            notify(listener -> listener.peerDisconnected(peer));
            return true;
        }
    }

    /** The youngest open connection to a peer, as an older one may be dead without knowing it; limited ones last. */
    public synchronized Optional<MuxedConnection> best(PeerId peer) {
        List<MuxedConnection> ofPeer = connections.getOrDefault(peer, List.of());
        @Nullable MuxedConnection limited = null;
        for (int i = ofPeer.size() - 1; i >= 0; i--) {
            MuxedConnection each = ofPeer.get(i);
            if (each.isOpen() && !each.limited()) {
                return Optional.of(each);
            }
            limited = limited == null && each.isOpen() ? each : limited;
        }
        return Optional.ofNullable(limited);
    }

    /** True while a peer has a connection. */
    public synchronized boolean isConnected(PeerId peer) {
        return connections.containsKey(peer);
    }

    /** All open connections. */
    public synchronized Collection<Connection> all() {
        return connections.values().stream()
                .flatMap(List::stream)
                .filter(Connection::isOpen)
                .map(Connection.class::cast)
                .toList();
    }

    /** Closes the connections to a peer. */
    public void disconnect(PeerId peer) {
        List<MuxedConnection> ofPeer;
        synchronized (this) {
            ofPeer = List.copyOf(connections.getOrDefault(peer, List.of()));
        }
        ofPeer.forEach(MuxedConnection::close);
    }

    /** Refuses new connections, closes the open ones and waits for that, within bounds. Not on an event loop. */
    public void closeAndWait(Duration timeout) {
        List<MuxedConnection> open;
        synchronized (this) {
            closed = true;
            open = connections.values().stream().flatMap(List::stream).toList();
        }
        open.forEach(MuxedConnection::close);
        CompletableFuture<?>[] ends =
                open.stream().map(MuxedConnection::whenClosed).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("some connections did not close in time");
        }
    }

    /** Registers a listener. */
    public Registration listen(HostListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Tells all listeners; later, on one event loop. */
    public void notify(Consumer<HostListener> event) {
        try {
            notifier.execute(() -> {
                for (HostListener listener : listeners) {
                    try {
                        event.accept(listener);
                    } catch (RuntimeException e) {
                        LOG.warn("a listener of connection events failed", e);
                    }
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the host is closed, an event is dropped");
        }
    }
}
