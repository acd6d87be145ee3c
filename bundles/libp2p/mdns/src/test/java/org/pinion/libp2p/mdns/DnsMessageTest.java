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
package org.pinion.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DnsMessageTest {
    private static final String SERVICE = "_ipfs-cluster-discovery._udp";

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        byte[] text = {3, 'a', '=', 'b'};
        byte[] packet = instance("one").answer(text).encode();
        DnsMessage read = DnsMessage.decode(packet, packet.length);
        assertThat(read.response()).isTrue();
        assertThat(read.records()).extracting(DnsMessage.Resource::type).containsExactly(12, 33, 16, 1);
        assertThat(read.records().get(0).target()).containsExactly("one", "_ipfs-cluster-discovery", "_udp", "local");
        assertThat(read.records().get(2).data()).isEqualTo(text);
        assertThat(read.records().get(3).data()).containsExactly(10, 0, 0, 1);
    }

    @Test
    void questionIsTheOneOfTheStandard() throws IOException {
        assertThat(HexFormat.of().formatHex(instance("one").query().encode()))
                .isEqualTo("000000000001000000000000"
                        + "175f697066732d636c75737465722d646973636f76657279" + "045f756470" + "056c6f63616c" + "00"
                        + "000c0001");
    }

    @Test
    void namesThatLeadBackAreFollowed() throws IOException {
        // a PTR record whose target ends in a jump to the service's name
        byte[] packet = HexFormat.of()
                .parseHex("000084000000000100000000" + "025f78045f756470056c6f63616c00" + "000c00010000000a0004"
                        + "0161c00c");
        DnsMessage read = DnsMessage.decode(packet, packet.length);
        assertThat(read.records().get(0).target()).containsExactly("a", "_x", "_udp", "local");
    }

    @Test
    void namesThatLeadForwardOrInACircleAreRefused() {
        byte[] circle = HexFormat.of().parseHex("000000000001000000000000" + "c00c" + "000c0001");
        assertThatThrownBy(() -> DnsMessage.decode(circle, circle.length)).hasMessageContaining("leads forward to 12");
        byte[] two =
                HexFormat.of().parseHex("000000000002000000000000" + "0161c013" + "000c0001" + "c00c" + "000c0001");
        assertThatThrownBy(() -> DnsMessage.decode(two, two.length)).isInstanceOf(IOException.class);
    }

    @Test
    void countsThatPassTheLimitAreRefusedBeforeAnythingIsRead() {
        byte[] packet = HexFormat.of().parseHex("0000840000000fff00000000");
        assertThatThrownBy(() -> DnsMessage.decode(packet, packet.length)).hasMessageContaining("limit 256");
    }

    @Test
    void anyBytesEndInAMessageOrAnError() {
        long seed = 20_260_101;
        Random random = new Random(seed);
        byte[] good = instance("one").answer(new byte[] {3, 'a', '=', 'b'}).encode();
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] packet = Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int changes = random.nextInt(6); changes > 0 && packet.length > 0; changes--) {
                packet[random.nextInt(packet.length)] = (byte) random.nextInt();
            }
            try {
                DnsMessage message = DnsMessage.decode(packet, packet.length);
                instance("two").isAsked(message);
                instance("two").hear(message, new Heard());
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(refused).as("seed " + seed).isBetween(1, 99_999);
    }

    @Test
    void instanceAnswersItsServiceAndItsName() throws IOException {
        Instance one = instance("one");
        assertThat(one.isAsked(one.query())).isTrue();
        assertThat(one.isAsked(DnsMessage.query(List.of("_IPFS-cluster-discovery", "_udp", "LOCAL"), DnsMessage.ANY)))
                .isTrue();
        assertThat(one.isAsked(DnsMessage.query(List.of("one", "_ipfs-cluster-discovery", "_udp", "local"), 16)))
                .isTrue();
        assertThat(one.isAsked(DnsMessage.query(List.of("_other", "_udp", "local"), DnsMessage.PTR)))
                .isFalse();
        assertThat(one.isAsked(one.answer(new byte[0]))).isFalse();
    }

    @Test
    void instanceHearsOthersOfItsServiceOnly() throws IOException {
        Heard heard = new Heard();
        Instance one = instance("one");
        one.hear(instance("two").answer(new byte[] {1, 'x'}), heard);
        one.hear(one.answer(new byte[] {1, 'x'}), heard);
        one.hear(
                Instance.of("_other._udp", "three", InetAddress.getByAddress(new byte[] {10, 0, 0, 3}))
                        .answer(new byte[] {1, 'x'}),
                heard);
        assertThat(heard.there).containsExactly("two");
        byte[] packet = instance("two").goodbye().encode();
        one.hear(DnsMessage.decode(packet, packet.length), heard);
        assertThat(heard.gone).containsExactly("two");
    }

    private static Instance instance(String name) {
        try {
            return Instance.of(SERVICE, name, InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Heard implements Link.Heard {
        final List<String> there = new ArrayList<>();
        final List<String> gone = new ArrayList<>();

        @Override
        public void there(String instance, byte[] text) {
            there.add(instance);
        }

        @Override
        public void gone(String instance) {
            gone.add(instance);
        }
    }
}
