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
package org.pinion.libp2p.host.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.host.Vectors;

class WebSocketTest {
    private static final String REQUEST = """
            GET /chat HTTP/1.1
            Host: server.example.com
            Upgrade: websocket
            Connection: keep-alive, Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13

            """.replace("\n", "\r\n");

    /** What became of an upgrade. */
    private static final class Result implements WebSocketUpgrade.Outcome {
        private boolean open;
        private String failure = "";

        @Override
        public void opened(ChannelHandlerContext ctx) {
            open = true;
        }

        @Override
        public void failed(NetworkException error) {
            failure = error.getMessage();
        }
    }

    private final Result atClient = new Result();
    private final Result atServer = new Result();
    private final SecureRandom random = new SecureRandom();

    private EmbeddedChannel client() {
        return new EmbeddedChannel(WebSocketUpgrade.client("[::1]:80", random, atClient));
    }

    private EmbeddedChannel server() {
        return new EmbeddedChannel(WebSocketUpgrade.server(random, atServer));
    }

    private static EmbeddedChannel frames(boolean client) {
        return new EmbeddedChannel(new WebSocketFrames(client, new SecureRandom()));
    }

    private static byte[] sent(EmbeddedChannel channel) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            byte[] bytes = new byte[next.readableBytes()];
            next.readBytes(bytes).release();
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    private static byte[] received(EmbeddedChannel channel) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
            byte[] bytes = new byte[next.readableBytes()];
            next.readBytes(bytes).release();
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    @Test
    void theExampleOfTheStandardIsAnsweredAsThere() {
        EmbeddedChannel server = server();
        server.writeInbound(buffer(REQUEST));

        assertThat(atServer.open).isTrue();
        assertThat(new String(sent(server), StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.1 101 ")
                .contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void clientAndServerAgreeAndBytesBehindTheHeadsAreNotLost() {
        EmbeddedChannel client = client();
        EmbeddedChannel server = server();
        for (byte each : sent(client)) {
            server.writeInbound(Unpooled.wrappedBuffer(new byte[] {each}));
        }
        server.writeOutbound(buffer("at once"));
        client.writeInbound(Unpooled.wrappedBuffer(sent(server)));
        assertThat(atClient.open).isTrue();
        assertThat(new String(received(client), StandardCharsets.ISO_8859_1)).isEqualTo("at once");

        client.writeOutbound(buffer("back"));
        server.writeInbound(Unpooled.wrappedBuffer(sent(client)));
        assertThat(new String(received(server), StandardCharsets.ISO_8859_1)).isEqualTo("back");
    }

    @Test
    void otherRequestsAndAnswersAreRefused() {
        for (String bad : new String[] {
            REQUEST.replace("GET", "POST"),
            REQUEST.replace("HTTP/1.1", "HTTP/1.0"),
            REQUEST.replace("Upgrade: websocket", "Upgrade: h2c"),
            REQUEST.replace("Version: 13", "Version: 8"),
            REQUEST.replace("Sec-WebSocket-Key", "X"),
            "garbage\r\nno header\r\n\r\n",
            "x".repeat(9000)
        }) {
            atServer.failure = "";
            EmbeddedChannel server = server();
            server.writeInbound(buffer(bad));
            assertThat(atServer.failure).as(bad).startsWith("websocket: ");
        }
        assertThat(atServer.open).isFalse();
        client().writeInbound(buffer("HTTP/1.1 200 OK\r\n\r\n"));
        assertThat(atClient.failure).isEqualTo("websocket: the answer was HTTP/1.1 200 OK");
        client().writeInbound(buffer(
                "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"));
        assertThat(atClient.failure).isEqualTo("websocket: the answer accepts no WebSocket");
    }

    @Test
    void framesOfTheExamplesOfTheStandardAreRead() {
        EmbeddedChannel server = frames(false);
        server.writeInbound(Unpooled.wrappedBuffer(Vectors.hex("818537fa213d7f9f4d5158")));
        assertThat(new String(received(server), StandardCharsets.ISO_8859_1)).isEqualTo("Hello");

        EmbeddedChannel client = frames(true);
        // a frame in two pieces with a ping between them
        client.writeInbound(Unpooled.wrappedBuffer(Vectors.hex("010348656c890548656c6c6f80026c6f")));
        assertThat(new String(received(client), StandardCharsets.ISO_8859_1)).isEqualTo("Hello");
        byte[] pong = sent(client);
        assertThat(Arrays.copyOf(pong, 2)).isEqualTo(Vectors.hex("8a85"));
    }

    @Test
    void framesOfEveryLengthCrossInAnyPieces() {
        Random seeded = new Random(3);
        for (int length : new int[] {1, 125, 126, 65_535, 65_536, 200_000}) {
            for (boolean fromClient : new boolean[] {true, false}) {
                byte[] data = new byte[length];
                seeded.nextBytes(data);
                EmbeddedChannel from = frames(fromClient);
                EmbeddedChannel to = frames(!fromClient);
                from.writeOutbound(Unpooled.copiedBuffer(data));
                byte[] wire = sent(from);
                for (int at = 0; at < wire.length; ) {
                    int n = Math.min(wire.length - at, 1 + seeded.nextInt(1 + length / 3));
                    to.writeInbound(Unpooled.wrappedBuffer(wire, at, n));
                    at += n;
                }
                assertThat(received(to)).isEqualTo(data);
            }
        }
    }

    @Test
    void aClosingFrameEndsTheConnectionAndOursIsSentBeforeTheEnd() {
        EmbeddedChannel client = frames(true);
        client.writeInbound(Unpooled.wrappedBuffer(Vectors.hex("880203e8")));
        assertThat(client.isOpen()).isFalse();

        EmbeddedChannel server = frames(false);
        server.close();
        assertThat(sent(server)).isEqualTo(Vectors.hex("880203e8"));
    }

    @Test
    void framesAgainstTheRulesEndTheConnection() {
        for (String bad : new String[] {"8205", "c280", "8380", "8b80", "89fe0080", "0980", "82ffffffffffffffffff"}) {
            EmbeddedChannel server = frames(false);
            assertThatThrownBy(() -> server.writeInbound(Unpooled.wrappedBuffer(Vectors.hex(bad + "00000000"))))
                    .as(bad)
                    .isInstanceOf(ProtocolException.class);
        }
        EmbeddedChannel client = frames(true);
        assertThatThrownBy(() -> client.writeInbound(Unpooled.wrappedBuffer(Vectors.hex("828000000000"))))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void randomBytesNeverCauseAnythingButAProtocolError() {
        Random seeded = new Random(20_260_102);
        for (int i = 0; i < 3000; i++) {
            EmbeddedChannel channel = i % 3 == 0 ? server() : frames(i % 3 == 1);
            byte[] garbage = new byte[1 + seeded.nextInt(300)];
            seeded.nextBytes(garbage);
            if (i % 2 == 0) {
                garbage[0] = (byte) 0x82;
            }
            try {
                channel.writeInbound(Unpooled.wrappedBuffer(garbage));
            } catch (ProtocolException expected) {
                assertThat(expected).hasMessageStartingWith("websocket frame");
            }
            channel.finishAndReleaseAll();
        }
    }
}
