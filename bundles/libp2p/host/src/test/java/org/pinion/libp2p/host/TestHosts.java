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
package org.pinion.libp2p.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkSecret;
import org.pinion.libp2p.api.Stream;

/** Hosts on the loopback device that are closed together. */
public final class TestHosts implements AutoCloseable {
    public static final NetworkSecret SECRET =
            NetworkSecret.ofHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    private final List<Host> hosts = new ArrayList<>();

    public static HostSettings settings() {
        return HostSettings.of(PrivateKey.generate(KeyType.ED25519))
                .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
    }

    public Host open(HostSettings settings) throws IOException {
        Host host = NettyHost.open(settings, Clock.systemUTC());
        hosts.add(host);
        return host;
    }

    public Host open() throws IOException {
        return open(settings());
    }

    public static Connection connect(Host from, Host to) {
        return await(from.connect(to.id(), to.listenAddresses()));
    }

    /** Waits for a stage; its failure is thrown as it is. */
    public static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new Failed(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no result in time", e);
        }
    }

    /** The failure of an awaited stage. */
    public static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failed(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Sends back what comes, and ends when the peer ends. */
    public static void echo(Stream stream) {
        stream.read().whenComplete((data, error) -> {
            if (error != null) {
                return;
            }
            if (data.isEmpty()) {
                stream.closeWrite();
                return;
            }
            stream.write(data.get()).thenRun(() -> echo(stream));
        });
    }

    /** Everything up to the end of the peer's data. */
    public static byte[] readAll(Stream stream) {
        ByteBuffer all = ByteBuffer.allocate(1 << 20);
        while (true) {
            var next = await(stream.read());
            if (next.isEmpty()) {
                byte[] bytes = new byte[all.flip().remaining()];
                all.get(bytes);
                return bytes;
            }
            all.put(next.get());
        }
    }

    @Override
    public void close() {
        List<Host> reversed = new ArrayList<>(hosts);
        Collections.reverse(reversed);
        reversed.forEach(Host::close);
    }
}
