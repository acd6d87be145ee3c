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

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.host.swarm.Addresses.Target;

/** Resolves names with the resolvers of the system, which block: on threads of its own, with a bounded queue. */
public final class Resolver implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int MAX_WAITING = 256;
    private static final int MAX_ADDRESSES = 4;

    private final DefaultEventExecutorGroup threads;
    private final DnsAddresses dnsAddresses;

    public Resolver(ThreadFactory factory) {
        this(factory, TxtRecords.ofSystem());
    }

    Resolver(ThreadFactory factory, TxtRecords records) {
        dnsAddresses = new DnsAddresses(records);
        threads = new DefaultEventExecutorGroup(THREADS, factory, MAX_WAITING, RejectedExecutionHandlers.reject());
    }

    /** The sockets of a target; fails with NO_ADDRESS or LIMIT. */
    CompletableFuture<List<InetSocketAddress>> resolve(Target target) {
        CompletableFuture<List<InetSocketAddress>> result = new CompletableFuture<>();
        execute(target.host(), () -> lookUp(target, result), result);
        return result;
    }

    /** The addresses behind one; see {@link org.pinion.libp2p.api.Dialer#resolve}. */
    public CompletableFuture<List<Multiaddr>> expand(Multiaddr address) {
        if (!DnsAddresses.isDnsAddress(address)) {
            return CompletableFuture.completedFuture(List.of(address));
        }
        CompletableFuture<List<Multiaddr>> result = new CompletableFuture<>();
        execute(
                address.toString(),
                () -> {
                    try {
                        result.complete(dnsAddresses.expand(address));
                    } catch (IOException e) {
                        result.completeExceptionally(
                                new NetworkException(Reason.NO_ADDRESS, String.valueOf(e.getMessage()), e));
                    }
                },
                result);
        return result;
    }

    private void execute(String name, Runnable lookUp, CompletableFuture<?> result) {
        try {
            threads.next().execute(lookUp);
        } catch (RejectedExecutionException e) {
            boolean closed = threads.isShuttingDown();
            String why = closed ? "the host is closed" : "more than " + MAX_WAITING + " names wait";
            result.completeExceptionally(new NetworkException(
                    closed ? Reason.CLOSED : Reason.LIMIT, "cannot resolve " + name + ": " + why, e));
        }
    }

    private static void lookUp(Target target, CompletableFuture<List<InetSocketAddress>> result) {
        try {
            List<InetSocketAddress> sockets = Arrays.stream(InetAddress.getAllByName(target.host()))
                    .filter(ip -> Addresses.matches(ip, target.family()))
                    .limit(MAX_ADDRESSES)
                    .map(ip -> new InetSocketAddress(ip, target.port()))
                    .toList();
            if (sockets.isEmpty()) {
                throw new UnknownHostException("no address of the wanted family");
            }
            result.complete(sockets);
        } catch (UnknownHostException e) {
            result.completeExceptionally(new NetworkException(
                    Reason.NO_ADDRESS, "cannot resolve " + target.host() + ": " + e.getMessage(), e));
        }
    }

    @Override
    public void close() {
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
