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

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.SecureChannel;
import org.pinion.libp2p.host.yamux.ReceiveBudget;
import org.pinion.libp2p.host.yamux.YamuxStream;

/** Dials of nobody in particular, with a resolver of the test's own. */
final class TestDials implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Resolver resolver;
    private final Dials dials;

    TestDials(Resolver resolver) {
        this.resolver = resolver;
        Upgrader.Settings settings = new Upgrader.Settings(
                PrivateKey.generate(KeyType.ED25519), null, List.of(SecureChannel.NOISE), 16, ReceiveBudget.ofHeap());
        this.dials = new Dials(
                group, new Upgrader(settings, new NoEvents()), resolver, new Dials.Limits(Duration.ofSeconds(10), 4));
    }

    MuxedConnection dial(PeerId peer, List<Multiaddr> addresses)
            throws InterruptedException, ExecutionException, TimeoutException {
        return dials.dial(peer, addresses).get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        dials.close();
        resolver.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static final class NoEvents implements Upgrader.Events {
        @Override
        public boolean connectionOpened(MuxedConnection connection) {
            return true;
        }

        @Override
        public void streamOpened(MuxedConnection connection, YamuxStream stream) {}

        @Override
        public void connectionClosed(MuxedConnection connection, NetworkException reason) {}

        @Override
        public Set<String> of(PeerId peer) {
            return Set.of();
        }
    }
}
