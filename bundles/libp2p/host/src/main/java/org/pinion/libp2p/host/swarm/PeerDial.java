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

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.host.swarm.Addresses.Target;

/**
 * Dials the addresses of one peer: one after another with a short head start for each, until one is a connection.
 * Fields belong to {@code loop}.
 */
final class PeerDial {
    /** Opens sockets and makes them connections. */
    interface Sockets {
        /** Starts to connect; the future of the channel fails if that does not work. */
        ChannelFuture connect(InetSocketAddress socket);

        /** Sets up a connected channel; see {@link Upgrader#outbound}. */
        CompletableFuture<MuxedConnection> upgrade(Channel channel, PeerId peer, Multiaddr address);

        /** Connects over a relay. */
        CompletableFuture<MuxedConnection> overRelay(Multiaddr address, PeerId peer);

        /** Finds the addresses behind a {@code /dnsaddr}. */
        CompletableFuture<List<Multiaddr>> expand(Multiaddr address);

        /** Finds the sockets of a name. */
        CompletableFuture<List<InetSocketAddress>> resolve(Target target);
    }

    private record Attempt(Multiaddr address, InetSocketAddress socket) {}

    private static final long HEAD_START_PRIVATE_MILLIS = 30;
    private static final long HEAD_START_PUBLIC_MILLIS = 250;
    /** A connection without a relay is worth waiting for. */
    private static final long HEAD_START_BEFORE_RELAYS_MILLIS = 500;

    private static final int MAX_EXPANDED = 16;

    private final PeerId peer;
    private final Sockets sockets;
    private final BackOff backOff;
    private final EventExecutor loop;
    private final Deque<Multiaddr> untried;
    private final Deque<Attempt> resolved = new ArrayDeque<>();
    /** Names that led to addresses: when none of those works, the name is left alone for a while too. */
    private final Set<Multiaddr> expanded = new HashSet<>();

    private final Map<Multiaddr, NetworkException> failures = new LinkedHashMap<>();
    private final Set<Channel> channels = new HashSet<>();
    private final CompletableFuture<MuxedConnection> result = new CompletableFuture<>();
    private int running;
    private @Nullable ScheduledFuture<?> headStart;

    PeerDial(PeerId peer, List<Multiaddr> addresses, Sockets sockets, BackOff backOff, EventExecutor loop) {
        this.peer = peer;
        this.untried = new ArrayDeque<>(ranked(addresses));
        this.sockets = sockets;
        this.backOff = backOff;
        this.loop = loop;
    }

    /** The outcome; completes on {@code loop}. */
    CompletableFuture<MuxedConnection> result() {
        return result;
    }

    /** Private addresses first: they answer at once or not at all. Relays last. */
    private static List<Multiaddr> ranked(List<Multiaddr> addresses) {
        List<Multiaddr> ranked = new ArrayList<>();
        List<Multiaddr> direct = addresses.stream()
                .filter(address -> !Addresses.isRelayed(address))
                .toList();
        direct.stream().filter(Addresses::isPrivate).forEach(ranked::add);
        direct.stream().filter(address -> !Addresses.isPrivate(address)).forEach(ranked::add);
        addresses.stream().filter(Addresses::isRelayed).forEach(ranked::add);
        return ranked;
    }

    void start() {
        loop.execute(this::next);
    }

    /** Gives up, also before the start. */
    void expire(Duration timeout) {
        loop.execute(() -> {
            NetworkException late =
                    new NetworkException(Reason.TIMEOUT, "no answer within " + timeout.toMillis() + " ms");
            finish(null, late);
        });
    }

    void abort(NetworkException error) {
        loop.execute(() -> finish(null, error));
    }

    private void next() {
        if (headStart != null) {
            headStart.cancel(false);
            headStart = null;
        }
        if (result.isDone()) {
            return;
        }
        Attempt attempt = resolved.poll();
        if (attempt != null) {
            dial(attempt);
        } else {
            Multiaddr address = untried.poll();
            if (address == null) {
                if (running == 0) {
                    finish(null, null);
                }
                return;
            }
            prepare(address);
        }
    }

    private void prepare(Multiaddr address) {
        if (DnsAddresses.isDnsAddress(address)) {
            expand(address);
            return;
        }
        if (Addresses.isRelayed(address)) {
            dialOverRelay(address);
            return;
        }
        Target target = Addresses.target(address).orElseThrow();
        if (!target.isName()) {
            dial(new Attempt(address, new InetSocketAddress(target.host(), target.port())));
            return;
        }
        running++;
        sockets.resolve(target)
                .whenComplete((found, error) -> loop.execute(() -> {
                    running--;
                    if (error != null) {
                        failed(address, error);
                    } else {
                        found.forEach(socket -> resolved.add(new Attempt(address, socket)));
                        next();
                    }
                }));
        scheduleNext(HEAD_START_PUBLIC_MILLIS);
    }

    private void expand(Multiaddr address) {
        running++;
        Multiaddr ofPeer = address.withoutPeerId().withPeerId(peer);
        sockets.expand(ofPeer)
                .whenComplete((found, error) -> loop.execute(() -> {
                    running--;
                    if (error != null) {
                        failed(address, error);
                    } else {
                        expanded.add(address);
                        ranked(found).stream()
                                .filter(each -> Addresses.target(each).isPresent()
                                        || Addresses.relay(each).isPresent())
                                .limit(MAX_EXPANDED)
                                .forEach(untried::add);
                        next();
                    }
                }));
        scheduleNext(HEAD_START_PUBLIC_MILLIS);
    }

    private void dialOverRelay(Multiaddr address) {
        running++;
        sockets.overRelay(address, peer)
                .whenComplete((connection, error) -> loop.execute(() -> {
                    running--;
                    if (connection != null) {
                        finish(connection, null);
                    } else {
                        failed(address, error);
                    }
                }));
        scheduleNext(HEAD_START_PUBLIC_MILLIS);
    }

    private void dial(Attempt attempt) {
        running++;
        ChannelFuture connecting = sockets.connect(attempt.socket());
        Channel channel = connecting.channel();
        channels.add(channel);
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                // on the loop of the channel, so that no byte is read before the handlers are there
                sockets.upgrade(channel, peer, attempt.address())
                        .whenComplete((connection, error) ->
                                loop.execute(() -> onDone(attempt.address(), channel, connection, error)));
            } else {
                loop.execute(() -> onDone(attempt.address(), channel, null, done.cause()));
            }
        });
        scheduleNext(Addresses.isPrivate(attempt.address()) ? HEAD_START_PRIVATE_MILLIS : HEAD_START_PUBLIC_MILLIS);
    }

    private void scheduleNext(long headStartMillis) {
        Multiaddr following = untried.peek();
        boolean relaysFollow = resolved.isEmpty() && following != null && Addresses.isRelayed(following);
        long millis = relaysFollow ? HEAD_START_BEFORE_RELAYS_MILLIS : headStartMillis;
        if (headStart == null && (!untried.isEmpty() || !resolved.isEmpty())) {
            headStart = loop.schedule(
                    () -> {
                        headStart = null;
                        next();
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void onDone(
            Multiaddr address, Channel channel, @Nullable MuxedConnection connection, @Nullable Throwable error) {
        running--;
        channels.remove(channel);
        if (connection != null) {
            finish(connection, null);
        } else if (error != null) {
            failed(address, error);
        }
    }

    private void failed(Multiaddr address, Throwable error) {
        if (!result.isDone()) {
            backOff.failed(peer, address);
            failures.put(address, describe(error));
            next();
        }
    }

    private static NetworkException describe(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof NetworkException known) {
            return known;
        }
        return new NetworkException(Reason.DIAL_FAILED, String.valueOf(cause.getMessage()), cause);
    }

    private void finish(@Nullable MuxedConnection connection, @Nullable NetworkException general) {
        if (result.isDone()) {
            if (connection != null) {
                connection.close();
            }
            return;
        }
        if (headStart != null) {
            headStart.cancel(false);
        }
        if (connection != null) {
            backOff.clear(peer);
            result.complete(connection);
        } else {
            expanded.forEach(address -> backOff.failed(peer, address));
            result.completeExceptionally(failure(general));
        }
        channels.forEach(Channel::close);
    }

    private NetworkException failure(@Nullable NetworkException general) {
        for (NetworkException each : failures.values()) {
            if (each.reason() == Reason.SECRET_DIFFERS) {
                return each;
            }
        }
        if (general != null && general.reason() != Reason.TIMEOUT) {
            return general;
        }
        StringBuilder text = new StringBuilder("cannot connect to ").append(peer);
        if (general != null) {
            text.append(": ").append(general.getMessage());
        }
        failures.forEach((address, error) ->
                text.append("; ").append(address).append(": ").append(error.getMessage()));
        return new NetworkException(Reason.DIAL_FAILED, text.toString(), general);
    }
}
