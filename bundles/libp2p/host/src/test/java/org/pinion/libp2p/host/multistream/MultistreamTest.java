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
package org.pinion.libp2p.host.multistream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.libp2p.host.Vectors.hex;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.host.Vectors;

class MultistreamTest {
    private static final String HEADER = "132f6d756c746973747265616d2f312e302e300a";

    private static List<String> tokens(TokenReader reader, byte[] bytes) {
        List<String> found = new ArrayList<>();
        for (byte b : bytes) {
            String token = reader.feed(b);
            if (token != null) {
                found.add(token);
            }
        }
        return found;
    }

    @Test
    void tokensAreThoseOfTheReference() {
        for (JsonNode vector : Vectors.group("multistream")) {
            String name = vector.get("name").asText();
            if (!name.startsWith("lazy")) {
                assertThat(hex(Tokens.encode(name))).isEqualTo(vector.get("hex").asText());
            }
        }
        byte[] flight = Vectors.bytes("multistream", "lazy dialer first flight for gorpc");
        assertThat(hex(flight)).startsWith(hex(Tokens.encode(Tokens.HEADER, "/ipfscluster/1.0/rpc")));
    }

    @Test
    void tokensAreReadByteExactly() {
        TokenReader reader = new TokenReader();
        assertThat(tokens(reader, Tokens.encode(Tokens.HEADER, "/noise", "na")))
                .containsExactly(Tokens.HEADER, "/noise", "na");
        String longest = "/" + "x".repeat(Tokens.MAX_BYTES - 2);
        assertThat(tokens(reader, Tokens.encode(longest))).containsExactly(longest);
        assertThatThrownBy(() -> Tokens.encode(longest + "x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void badTokensAreRefusedBeforeMemoryIsTaken() {
        for (String bad : List.of("00", "ffff03", "8110", "036e6161")) {
            TokenReader reader = new TokenReader();
            tokens(reader, hex(HEADER));
            assertThatThrownBy(() -> tokens(reader, hex(bad))).as(bad).isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> new TokenReader().feed((byte) 0x14)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void garbageNeverBreaksTheReader() {
        Random random = new Random(42);
        for (int round = 0; round < 5000; round++) {
            byte[] garbage = new byte[random.nextInt(64)];
            random.nextBytes(garbage);
            TokenReader reader = new TokenReader();
            tokens(reader, hex(HEADER));
            try {
                tokens(reader, garbage);
            } catch (ProtocolException e) {
                assertThat(e).hasMessageContaining("token");
            }
        }
    }

    /** What a negotiation reported. */
    private static final class Result implements ConnectionNegotiation.Outcome {
        private String protocol;
        private NetworkException error;

        @Override
        public void agreed(ChannelHandlerContext ctx, String agreed) {
            protocol = agreed;
        }

        @Override
        public void failed(NetworkException failed) {
            error = failed;
        }
    }

    private final Result result = new Result();

    private EmbeddedChannel end(boolean dialer, String... protocols) {
        return new EmbeddedChannel(new ConnectionNegotiation(dialer, List.of(protocols), result));
    }

    private static String sent(EmbeddedChannel channel) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.writeBytes(next);
            next.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return hex(bytes);
    }

    private static void receive(EmbeddedChannel channel, String bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(hex(bytes)));
    }

    @Test
    void aListenerAnswersAsTheReferenceDid() {
        for (String name : List.of(
                "we dial: propose /noise",
                "we dial: propose /plaintext/2.0.0 then /noise",
                "we dial: ls",
                "we dial: header only")) {
            JsonNode live = Vectors.vector("live-tcp", name).get("decoded");
            EmbeddedChannel listener = end(false, "/noise", "/tls/1.0.0");
            receive(listener, live.get("plain_sent").asText());
            assertThat(sent(listener))
                    .as(name)
                    .isEqualTo(live.get("plain_received").asText());
        }
        assertThat(result.protocol).isEqualTo("/noise");
    }

    @Test
    void aDialerSendsItsFirstFlightAtOnceAndPassesOnWhatComesBehind() {
        JsonNode live = Vectors.vector("live-tcp", "a Go peer dials us").get("decoded");
        EmbeddedChannel dialer = end(true, "/noise");
        assertThat(sent(dialer)).isEqualTo(live.get("first_flight_plain").asText());

        receive(dialer, live.get("we_answered_plain").asText() + "00200102");
        assertThat(result.protocol).isEqualTo("/noise");
        ByteBuf rest = dialer.readInbound();
        assertThat(rest.readableBytes()).isEqualTo(4);
        rest.release();
    }

    @Test
    void aDialerTriesItsNextProtocolAfterARefusal() {
        EmbeddedChannel dialer = end(true, "/noise", "/tls/1.0.0");
        sent(dialer);
        receive(dialer, HEADER + "036e610a");
        assertThat(sent(dialer)).isEqualTo("0b2f746c732f312e302e300a");
        receive(dialer, "036e610a");
        assertThat(result.error.reason()).isEqualTo(Reason.HANDSHAKE_FAILED);
    }

    @Test
    void garbageInsteadOfAHeaderMeansAnotherSecret() {
        String garbage = Vectors.vector("live-tcp", "we dial without the pre-shared key (plain multistream)")
                .at("/decoded/received")
                .asText();
        EmbeddedChannel dialer = end(true, "/noise");
        receive(dialer, garbage);
        assertThat(result.error.reason()).isEqualTo(Reason.SECRET_DIFFERS);
    }

    @Test
    void aListenerStopsAfterManyRefusals() {
        EmbeddedChannel listener = end(false, "/noise");
        receive(listener, HEADER + "036c730a".repeat(17));
        assertThat(result.error.reason()).isEqualTo(Reason.HANDSHAKE_FAILED);
    }
}
