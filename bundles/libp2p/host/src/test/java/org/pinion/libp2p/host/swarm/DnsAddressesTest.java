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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.NetworkException;

class DnsAddressesTest {
    private static final PeerId PEER =
            PeerId.of(PrivateKey.ofEd25519Seed(new byte[32]).publicKey());
    private static final PeerId OTHER =
            PeerId.of(PrivateKey.ofEd25519Seed("01234567890123456789012345678901".getBytes(StandardCharsets.US_ASCII))
                    .publicKey());

    private final Map<String, List<String>> zone = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final DnsAddresses dns = new DnsAddresses(this::records);

    private List<String> records(String name) throws IOException {
        asked.add(name);
        List<String> texts = zone.get(name);
        if (texts == null) {
            throw new IOException("no such name");
        }
        return texts;
    }

    private static Multiaddr address(String text) {
        return Multiaddr.parse(text);
    }

    @Test
    void aNameLeadsToTheAddressesOfItsRecords() throws IOException {
        zone.put(
                "_dnsaddr.a.example",
                List.of(
                        "dnsaddr=/ip4/1.2.3.4/tcp/5/p2p/" + PEER,
                        "\"dnsaddr=/ip4/1.2.3.5/tcp/5/p2p/" + OTHER + "\"",
                        "v=spf1 -all",
                        "dnsaddr=/nonsense/1",
                        "dnsaddr=" + "x".repeat(2000)));

        assertThat(dns.expand(address("/dnsaddr/a.example")))
                .containsExactly(address("/ip4/1.2.3.4/tcp/5/p2p/" + PEER), address("/ip4/1.2.3.5/tcp/5/p2p/" + OTHER));
        assertThat(dns.expand(address("/dnsaddr/a.example/p2p/" + OTHER)))
                .containsExactly(address("/ip4/1.2.3.5/tcp/5/p2p/" + OTHER));
    }

    @Test
    void namesLeadToNamesButNotInCirclesOrWithoutEnd() throws IOException {
        zone.put("_dnsaddr.a.example", List.of("dnsaddr=/dnsaddr/b.example/p2p/" + PEER));
        zone.put(
                "_dnsaddr.b.example",
                List.of("dnsaddr=/dnsaddr/a.example/p2p/" + PEER, "dnsaddr=/ip4/1.2.3.4/tcp/5/p2p/" + PEER));
        assertThat(dns.expand(address("/dnsaddr/a.example")))
                .containsExactly(address("/ip4/1.2.3.4/tcp/5/p2p/" + PEER));

        asked.clear();
        for (int i = 0; i < 100; i++) {
            zone.put("_dnsaddr.n" + i, List.of("dnsaddr=/dnsaddr/n" + (i + 1)));
        }
        assertThatThrownBy(() -> dns.expand(address("/dnsaddr/n0")))
                .isInstanceOf(IOException.class)
                .hasMessage("no address in the TXT records of _dnsaddr.n0");
        assertThat(asked).hasSizeLessThan(20);
    }

    @Test
    void aNameWithThousandsOfRecordsIsBounded() throws IOException {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            many.add("dnsaddr=/ip4/1.2.3.4/tcp/" + (i + 1));
            many.add("dnsaddr=/dnsaddr/more" + i);
        }
        zone.put("_dnsaddr.a.example", many);

        assertThat(dns.expand(address("/dnsaddr/a.example"))).hasSize(64);
        assertThat(asked).hasSizeLessThan(20);
    }

    @Test
    void aNameThatDoesNotResolveIsNamed() {
        assertThatThrownBy(() -> dns.expand(address("/dnsaddr/gone.example/p2p/" + PEER)))
                .hasMessage("cannot look up _dnsaddr.gone.example: no such name");
        zone.put("_dnsaddr.a.example", List.of());
        assertThatThrownBy(() -> dns.expand(address("/dnsaddr/a.example/p2p/" + PEER)))
                .hasMessage("no address of " + PEER + " in the TXT records of _dnsaddr.a.example");
    }

    @Test
    void onlyWholeNamesAreLookedUp() {
        assertThat(DnsAddresses.isDnsAddress(address("/dnsaddr/a.example"))).isTrue();
        assertThat(DnsAddresses.isDnsAddress(address("/dnsaddr/a.example/p2p/" + PEER)))
                .isTrue();
        assertThat(DnsAddresses.isDnsAddress(address("/ip4/1.2.3.4/tcp/5"))).isFalse();
        assertThat(DnsAddresses.isDnsAddress(address("/dnsaddr/a.example/p2p/" + OTHER + "/p2p-circuit")))
                .isFalse();
        assertThatThrownBy(() -> TxtRecords.ofSystem().of("a b")).hasMessage("not a name of the DNS: a b");
    }

    @Test
    void textsComeFromANameServer() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> answerOnce(server));
            List<String> texts =
                    TxtRecords.at("dns://127.0.0.1:" + server.getLocalPort()).of("_dnsaddr.a.example");

            served.get(20, TimeUnit.SECONDS);
            assertThat(texts).containsExactlyInAnyOrder("dnsaddr=/ip4/1.2.3.4/tcp/5", "dnsaddr=/ip4/1.2.3.4/tcp/6");
        }
    }

    /** Answers one question with two TXT records. */
    private static void answerOnce(DatagramSocket server) {
        try {
            DatagramPacket question = new DatagramPacket(new byte[512], 512);
            server.receive(question);
            int end = 12;
            while (question.getData()[end] != 0) {
                end += question.getData()[end] + 1;
            }
            ByteBuffer answer = ByteBuffer.allocate(512);
            answer.put(question.getData(), 0, 2).putShort((short) 0x8580);
            answer.putShort((short) 1).putShort((short) 2).putInt(0);
            answer.put(question.getData(), 12, end + 5 - 12);
            for (String text : List.of("dnsaddr=/ip4/1.2.3.4/tcp/5", "dnsaddr=/ip4/1.2.3.4/tcp/6")) {
                answer.putShort((short) 0xc00c)
                        .putShort((short) 16)
                        .putShort((short) 1)
                        .putInt(60);
                answer.putShort((short) (text.length() + 1)).put((byte) text.length());
                answer.put(text.getBytes(StandardCharsets.US_ASCII));
            }
            server.send(new DatagramPacket(answer.array(), answer.position(), question.getSocketAddress()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDialFollowsTheNameAndLeavesItAloneAfterAFailure() throws Exception {
        zone.put("_dnsaddr.a.example", List.of("dnsaddr=/ip4/127.0.0.1/tcp/1/p2p/" + PEER));
        try (TestDials dials = new TestDials(new Resolver(new DefaultThreadFactory("dns-test"), this::records))) {
            List<Multiaddr> name = List.of(address("/dnsaddr/a.example"));

            assertThatThrownBy(() -> dials.dial(PEER, name))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("/ip4/127.0.0.1/tcp/1/p2p/" + PEER + ": ")
                    .hasMessageContaining("refused");
            assertThatThrownBy(() -> dials.dial(PEER, name))
                    .cause()
                    .extracting(error -> ((NetworkException) error).reason())
                    .isEqualTo(NetworkException.Reason.BACK_OFF);
        }
    }
}
