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
package org.pinion.rpc;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamInput;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.consensus.TrustPolicy;

/** A caller and a server on two real hosts on loopback; the components behind the server are stubs. */
final class Rig implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);

    final ExecutorsComponent executors = new ExecutorsComponent();
    final Components components = new Components();
    final Host here = host();
    final Host there = host();
    final RpcServer server = new RpcServer(there, components, executors);
    final RpcCaller client = new RpcCaller(here, executors);

    Rig() throws IOException {
        here.connect(there.id(), there.addresses()).toCompletableFuture().join();
        trust(true);
    }

    /** The server trusts everybody or nobody. */
    void trust(boolean everybody) {
        components.trust = stub(TrustPolicy.class, "isTrusted", args -> everybody);
    }

    /** A component of which one method answers; the others must not be called. */
    static <T> T stub(Class<T> type, String method, Function<Object[], Object> answer) {
        return type.cast(Proxy.newProxyInstance(
                Rig.class.getClassLoader(), new Class<?>[] {type}, (proxy, called, args) -> {
                    if (called.getName().equals(method)) {
                        return answer.apply(args == null ? new Object[0] : args);
                    }
                    throw new AssertionError(called + " was not expected");
                }));
    }

    Stream open(Host from) {
        return from.newStream(there.id(), List.of(Versions.RPC_PROTOCOL))
                .toCompletableFuture()
                .join();
    }

    /** Sends bytes to the server on a stream of their own, and takes all that comes back. */
    byte[] exchange(byte[] request, boolean halfClose) throws IOException {
        Stream stream = open(here);
        if (request.length > 0) {
            stream.write(ByteBuffer.wrap(request)).toCompletableFuture().join();
        }
        if (halfClose) {
            stream.closeWrite();
        }
        byte[] answer = new StreamInput(stream, LIMIT).readAllBytes();
        stream.close();
        return answer;
    }

    static Host host() throws IOException {
        HostFactory factory = ServiceLoader.load(HostFactory.class).findFirst().orElseThrow();
        return factory.open(HostSettings.of(PrivateKey.generate(KeyType.ED25519))
                .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))));
    }

    static Cid cid(int number) {
        return Cid.v1(
                Cid.RAW, Multihash.sha256(ByteBuffer.allocate(4).putInt(number).array()));
    }

    @Override
    public void close() {
        client.close();
        server.close();
        here.close();
        there.close();
        executors.close();
    }
}
