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

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.ExchangeBlockstore;
import org.pinion.libp2p.api.ExchangeSettings;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.bitswap.BitswapMessage.Want;

class RespondersTest {
    private static final Cid BLOCK = Cid.v1(Cid.RAW, Multihash.sha256("block".getBytes(StandardCharsets.UTF_8)));

    private final PeerId peer = PeerId.of(PrivateKey.generate(KeyType.ED25519));
    private final AtomicInteger opened = new AtomicInteger();
    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final Workers workers = new Workers("test");
    private volatile boolean present;

    private final Responders responders = new Responders(
            (Host) Proxy.newProxyInstance(
                    Host.class.getClassLoader(), new Class<?>[] {Host.class}, (proxy, method, arguments) -> {
                        opened.incrementAndGet();
                        asked.complete(null);
                        return new CompletableFuture<>();
                    }),
            new Blocks(),
            ExchangeSettings.DEFAULT,
            workers,
            new Responders.Parts(new Counters(), System::nanoTime));

    /** One block that comes late. */
    private final class Blocks implements ExchangeBlockstore {
        @Override
        public Optional<byte[]> get(Cid cid) {
            return present ? Optional.of("block".getBytes(StandardCharsets.UTF_8)) : Optional.empty();
        }

        @Override
        public OptionalLong size(Cid cid) {
            return present ? OptionalLong.of(5) : OptionalLong.empty();
        }
    }

    @AfterEach
    void end() {
        responders.close();
        workers.close();
    }

    private void wants() {
        responders.receive(peer, List.of(new Want(BLOCK, 1, false, false, false)), false);
    }

    @Test
    void wantsOfAPeerThatConnectsDuringATickAreKept() {
        responders.tick(() -> {
            wants(); // it was not connected when the connections were listed
            return Set.of();
        });
        present = true;
        responders.available(BLOCK);

        assertThat(asked).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void wantsOfAPeerThatIsGoneAreForgotten() {
        wants();
        responders.tick(Set::of);
        present = true;
        responders.available(BLOCK);
        responders.tick(Set::of);

        assertThat(opened).hasValue(0);
    }
}
