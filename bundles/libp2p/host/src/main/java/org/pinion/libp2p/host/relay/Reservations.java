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
package org.pinion.libp2p.host.relay;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.host.swarm.Addresses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps places at given relays: asks, renews in time, and asks again when a place is lost. Thread-safe.
 *
 * @spec libp2p "circuit relay v2", "Reservation"
 */
public final class Reservations implements HostListener {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host.relay");
    private static final Multiaddr CIRCUIT = Multiaddr.parse("/p2p-circuit");
    /** Relays that are used at once; more are left out. */
    private static final int MAX_RELAYS = 8;

    private static final int MAX_ADDRESSES = 8;
    private static final long RENEWAL_SLACK_SECONDS = 120;
    private static final long SHORTEST_PAUSE_SECONDS = 5;
    private static final long LONGEST_PAUSE_SECONDS = 300;

    private static final class Place {
        private final PeerId relay;
        private final List<Multiaddr> at;
        private List<Multiaddr> announced = List.of();
        private int failures;
        /** Grows with every attempt: timers of earlier ones do nothing. */
        private int attempt;

        private boolean asking;

        Place(PeerId relay, List<Multiaddr> at) {
            this.relay = relay;
            this.at = at;
        }
    }

    private final RelayClient client;
    private final ScheduledExecutorService timers;
    private final Clock clock;
    private final Runnable onChange;
    private final Map<PeerId, Place> places = new LinkedHashMap<>();
    private boolean closed;

    /** With somebody who hears that {@link #addresses} has changed. */
    public Reservations(RelayClient client, ScheduledExecutorService timers, Clock clock, Runnable onChange) {
        this.client = client;
        this.timers = timers;
        this.clock = clock;
        this.onChange = onChange;
    }

    /** True for addresses that {@link #start} takes: {@code /…/p2p/RELAY/p2p-circuit}. */
    public static boolean isPlace(Multiaddr listen) {
        return Addresses.relay(listen).isPresent();
    }

    /** Begins to ask for a place; at most eight relays are used, each once. */
    public void start(Multiaddr listen) {
        Multiaddr relay = Addresses.relay(listen).orElseThrow();
        PeerId id = relay.peerId().orElseThrow();
        Place place;
        synchronized (this) {
            if (places.size() >= MAX_RELAYS || places.containsKey(id)) {
                LOG.warn("not listening on {}: {} relays are used, each once", listen, places.size());
                return;
            }
            Multiaddr at = relay.withoutPeerId();
            place = new Place(id, at.isEmpty() ? List.of() : List.of(at));
            places.put(id, place);
        }
        ask(place);
    }

    /** Our addresses over the relays where we have a place. */
    public synchronized List<Multiaddr> addresses() {
        return places.values().stream()
                .flatMap(place -> place.announced.stream())
                .toList();
    }

    /** The last connection to a peer is gone: if it is a relay, the place there is too. */
    @Override
    public void peerDisconnected(PeerId peer) {
        Place place;
        synchronized (this) {
            place = places.get(peer);
            if (closed || place == null || place.announced.isEmpty()) {
                return;
            }
        }
        LOG.info("relay {} is gone, asking again", peer);
        set(place, List.of());
        askAfter(place, 1);
    }

    /** Asks no more. */
    public synchronized void close() {
        closed = true;
    }

    private void ask(Place place) {
        synchronized (this) {
            if (closed || place.asking) {
                return;
            }
            place.asking = true;
            place.attempt++;
        }
        client.reserve(place.relay, place.at).whenComplete((reserved, error) -> {
            synchronized (this) {
                place.asking = false;
            }
            if (error != null) {
                failed(
                        place,
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
            } else {
                granted(place, reserved);
            }
        });
    }

    private void granted(Place place, RelayClient.Reserved reserved) {
        long left = reserved.reservation().expireSeconds() - clock.instant().getEpochSecond();
        List<Multiaddr> ours = new ArrayList<>();
        for (Multiaddr address : reserved.reservation().addresses()) {
            Multiaddr circuit = address.withPeerId(place.relay).append(CIRCUIT);
            if (ours.size() < MAX_ADDRESSES && isPlace(circuit)) {
                ours.add(circuit);
            }
        }
        Multiaddr dialed = reserved.relayAddress().withPeerId(place.relay).append(CIRCUIT);
        if (ours.isEmpty() && isPlace(dialed)) {
            ours.add(dialed);
        }
        boolean first;
        synchronized (this) {
            first = place.announced.isEmpty();
            place.failures = 0;
        }
        if (first) {
            LOG.info("reachable over relay {}: {}", place.relay, ours);
        }
        set(place, ours);
        askAfter(place, renewalSeconds(left));
    }

    /** Two minutes before the end, or half way to it; a relay whose clock is wrong is not asked all the time. */
    static long renewalSeconds(long leftSeconds) {
        long wanted = leftSeconds > 2 * RENEWAL_SLACK_SECONDS ? leftSeconds - RENEWAL_SLACK_SECONDS : leftSeconds / 2;
        return Math.min(Math.max(wanted, SHORTEST_PAUSE_SECONDS), TimeUnit.DAYS.toSeconds(1));
    }

    private void failed(Place place, Throwable error) {
        long pause;
        boolean first;
        synchronized (this) {
            place.failures++;
            first = place.failures == 1;
            pause = pauseSeconds(place.failures);
        }
        if (first) {
            LOG.warn("no place at a relay, trying again: {}", error.getMessage());
        } else {
            LOG.debug("no place at relay {}: {}", place.relay, error.getMessage());
        }
        set(place, List.of());
        askAfter(place, pause);
    }

    static long pauseSeconds(int failures) {
        return Math.min(LONGEST_PAUSE_SECONDS, SHORTEST_PAUSE_SECONDS + (long) failures * failures);
    }

    private void set(Place place, List<Multiaddr> ours) {
        synchronized (this) {
            if (place.announced.equals(ours)) {
                return;
            }
            place.announced = List.copyOf(ours);
        }
        onChange.run();
    }

    private void askAfter(Place place, long seconds) {
        int attempt;
        synchronized (this) {
            if (closed) {
                return;
            }
            attempt = place.attempt;
        }
        try {
            timers.schedule(() -> askIfStill(place, attempt), seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the host is closed, relay {} is not asked", place.relay);
        }
    }

    private void askIfStill(Place place, int attempt) {
        @Nullable Place current;
        synchronized (this) {
            current = place.attempt == attempt ? place : null;
        }
        if (current != null) {
            ask(current);
        }
    }
}
