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

import static org.assertj.core.api.Assertions.assertThat;
import static org.pinion.libp2p.host.Vectors.hex;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.host.multistream.Tokens;
import org.pinion.libp2p.host.pnet.PnetCipher;
import org.pinion.libp2p.host.yamux.Frame;

/** What was seen on the wire between peers of the reference. */
class LiveVectorsTest {
    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void close() {
        hosts.close();
    }

    @Test
    void socketsOfAPrivateNetworkAreReadAndWrittenAsThere() {
        int checked = 0;
        for (JsonNode vector : Vectors.group("live-tcp")) {
            JsonNode seen = vector.get("decoded");
            for (String way : new String[] {"received", "sent"}) {
                byte[] wire = hex(seen.path("wire_" + way).asText());
                String plain = seen.path("plain_" + way).asText();
                if (wire.length > 24 && !plain.isEmpty()) {
                    byte[] nonce = Arrays.copyOf(wire, 24);
                    byte[] text = Arrays.copyOfRange(wire, 24, wire.length);
                    new PnetCipher(TestHosts.SECRET, nonce).apply(text, 0, text, 0, text.length);
                    assertThat(hex(text)).as(vector.get("name").asText()).isEqualTo(plain);
                    byte[] again = hex(plain);
                    new PnetCipher(TestHosts.SECRET, nonce).apply(again, 0, again, 0, again.length);
                    assertThat(again).isEqualTo(Arrays.copyOfRange(wire, 24, wire.length));
                    checked++;
                }
            }
        }
        assertThat(checked).isGreaterThan(6);
    }

    @Test
    void everyFrameOfTheRecordedSessionsIsReadAndWrittenAsThere() {
        int checked = 0;
        for (JsonNode vector : Vectors.group("yamux")) {
            if (!vector.path("decoded").isArray()) {
                continue;
            }
            for (JsonNode line : vector.get("decoded")) {
                String[] halves = line.asText().split(" \\| ");
                byte[] bytes = hex(halves[1]);
                Frame frame = Frame.decode(ByteBuffer.wrap(bytes, 0, Frame.BYTES));
                assertThat(halves[0]).contains("length=" + frame.length());
                assertThat(halves[0].replace("go away", "goaway"))
                        .contains(new String[] {"data", "window", "ping", "goaway"}
                                [frame.type()].toLowerCase(Locale.ROOT));
                ByteBuf out = Unpooled.buffer(Frame.BYTES);
                frame.encode(out);
                assertThat(out.array()).isEqualTo(Arrays.copyOf(bytes, Frame.BYTES));
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(20);
    }

    @Test
    void aPingIsAnsweredAsThere() throws Exception {
        JsonNode live = Vectors.vector("live-streams", "live: ping");
        Host host = hosts.open();
        try (RawPeer peer = RawPeer.secured(host)) {
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            byte[] tokens = Tokens.encode(Tokens.HEADER, "/ipfs/ping/1.0.0");
            data.writeBytes(tokens);
            data.writeBytes(hex(live.get("sent").asText()));
            peer.open(1, data.toByteArray());
            byte[] answer = peer.data(1, tokens.length + 32);
            assertThat(Arrays.copyOf(answer, tokens.length)).isEqualTo(tokens);
            assertThat(hex(Arrays.copyOfRange(answer, tokens.length, answer.length)))
                    .isEqualTo(live.get("received").asText());
        }
    }

    @Test
    void anUnknownProtocolIsRefusedAsThere() throws Exception {
        String received = Vectors.vector("live-streams", "live: unsupported protocol")
                .get("received")
                .asText();
        Host host = hosts.open();
        try (RawPeer peer = RawPeer.secured(host)) {
            peer.open(1, Tokens.encode(Tokens.HEADER, "/nope/1.0.0"));
            assertThat(hex(peer.data(1, received.length() / 2))).isEqualTo(received);
        }
    }

    @Test
    void theProtocolsOfAHostAreAmongThoseThere() throws Exception {
        Host host = hosts.open();
        Host asker = hosts.open();
        asker.handle("/x", stream -> stream.reset(0));
        TestHosts.connect(asker, host);
        JsonNode all = Vectors.vector("live-streams", "live: protocols a crdt peer offers (not publicly reachable)")
                .at("/decoded/protocols");
        var stream = TestHosts.await(asker.newStream(host.id(), java.util.List.of("/nope", "/ipfs/ping/1.0.0")));
        stream.close();
        assertThat(asker.peerstore().protocols(host.id()))
                .allSatisfy(protocol -> assertThat(all.toString()).contains('"' + protocol + '"'));
    }
}
