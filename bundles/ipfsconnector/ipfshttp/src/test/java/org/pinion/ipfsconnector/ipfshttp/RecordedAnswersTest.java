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
package org.pinion.ipfsconnector.ipfshttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.itests.testkit.KuboRecording;
import org.pinion.itests.testkit.RecordedKubo;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector.IpfsPin;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;

/** Everything that is asked of a node, with the answers that a Kubo gave. */
class RecordedAnswersTest {
    private static final Cid ROOT = Cid.parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");

    private final ExecutorsComponent executors = new ExecutorsComponent();
    private RecordedKubo kubo;
    private IpfsHttp ipfs;

    @BeforeEach
    void start() throws IOException {
        kubo = new RecordedKubo().on(KuboRecording.load());
        ipfs = new IpfsHttp(
                Map.of("node.multiaddress", kubo.address()),
                executors,
                Optional.empty(),
                new SslContextFactory.Client());
    }

    @AfterEach
    void stop() throws IOException {
        ipfs.close();
        executors.close();
        kubo.close();
    }

    private static Block raw(String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        return new Block(Cid.v1(Cid.RAW, Multihash.sha256(data)), data);
    }

    private static Pin pin(Block block) {
        return Pin.of(block.cid(), PinOptions.NONE);
    }

    @Test
    void aWholeLifeOfPinsIsUnderstood() {
        Block one = raw("one");
        Block two = raw("two");
        Block three = raw("three");
        ipfs.putBlocks(Cursor.of(List.of(one, two, three))).join();
        assertThat(ipfs.getBlock(one.cid()).join()).isEqualTo(one.data());

        ipfs.pin(pin(one)).join();
        assertThat(ipfs.pinStatus(pin(one)).join()).isEqualTo(IpfsPinStatus.RECURSIVE);
        PinOptions update = PinOptions.builder().pinUpdate(one.cid()).build();
        ipfs.pin(Pin.of(two.cid(), update)).join();
        PinOptions direct = PinOptions.builder().mode(PinMode.DIRECT).build();
        ipfs.pin(Pin.of(three.cid(), direct)).join();
        assertThat(kubo.commands())
                .contains("pin/update?arg=" + one.cid() + "&arg=" + two.cid() + "&unpin=false")
                .contains("pin/add?arg=" + three.cid() + "&recursive=false&progress=true");

        List<IpfsPin> pins = new ArrayList<>();
        try (Cursor<IpfsPin> all = ipfs.pins(Set.of(IpfsPinStatus.RECURSIVE, IpfsPinStatus.DIRECT))) {
            for (IpfsPin each = all.next(); each != null; each = all.next()) {
                pins.add(each);
            }
        }
        assertThat(pins)
                .containsExactlyInAnyOrder(
                        new IpfsPin(ROOT, IpfsPinStatus.RECURSIVE),
                        new IpfsPin(one.cid(), IpfsPinStatus.RECURSIVE),
                        new IpfsPin(two.cid(), IpfsPinStatus.RECURSIVE),
                        new IpfsPin(three.cid(), IpfsPinStatus.DIRECT));
        ipfs.unpin(two.cid()).join();
        List<Cid> removed = new ArrayList<>();
        try (var garbage = ipfs.collectGarbage()) {
            for (var gone = garbage.next(); gone != null; gone = garbage.next()) {
                assertThat(gone.error()).isEmpty();
                removed.add(gone.cid());
            }
        }
        assertThat(removed).hasSize(2).contains(two.cid());
    }

    @Test
    void whatIsNotPinnedIsUnpinnedAlready() {
        ipfs.unpin(raw("one").cid()).join();
    }

    @Test
    void nodeAndNeighboursAreUnderstood() {
        assertThat(ipfs.id().join().addresses()).hasSize(1);
        assertThat(ipfs.swarmPeers().join()).isEmpty();
        assertThat(ipfs.stat().join().storageMaxBytes()).isEqualTo(10_000_000_000L);
        assertThat(ipfs.resolve("/ipfs/" + raw("one").cid()).join())
                .isEqualTo(raw("one").cid());
        // dialling fails there, which is nobody's fault
        ipfs.connect(List.of(Multiaddr.parse(
                        "/ip4/127.0.0.1/tcp/1/p2p/12D3KooWR4bynu2Yv2GHe5eg5MkHL3YxzDTQLg4K542AtgGSaEoy")))
                .join();
    }

    @Test
    void aFailureBehindTheFirstBytesIsAFailure() {
        String command =
                "pin/add?arg=bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy&recursive=true&progress=true";
        KuboRecording.Call late = KuboRecording.load().calls().stream()
                .filter(call -> call.command().equals(command + "&timeout=500ms"))
                .findFirst()
                .orElseThrow();
        kubo.error(
                "pin/ls?stream=true&arg=bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy&type=recursive",
                "path 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy' is not pinned");
        List<byte[]> chunks = late.chunks().stream()
                .map(chunk -> chunk.getBytes(StandardCharsets.UTF_8))
                .toList();
        kubo.on(command, new RecordedKubo.Answer(late.status(), chunks, late.trailer(), true));
        Cid nobodyHas = Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
        assertThatThrownBy(() -> ipfs.pin(Pin.of(nobodyHas, PinOptions.NONE)).join())
                .cause()
                .hasMessageContaining("context deadline exceeded");
    }
}
