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
package org.pinion.libp2p.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.PeerId;

class MessageReaderTest {
    private static final PeerId PEER = PeerId.parse("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5");

    /** A stream that gives prepared buffers, and keeps what is written. */
    private static final class Prepared implements Stream {
        private final ArrayDeque<ByteBuffer> input = new ArrayDeque<>();
        private final ByteArrayOutputStream output = new ByteArrayOutputStream();
        private boolean endless;
        private boolean wasReset;
        private boolean ended;

        private Prepared(byte[] bytes, int piece) {
            for (int at = 0; at < bytes.length; at += piece) {
                input.add(ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)));
            }
        }

        @Override
        public String protocol() {
            return "/test";
        }

        @Override
        public Connection connection() {
            throw new AssertionError("not used");
        }

        @Override
        public PeerId remotePeer() {
            return PEER;
        }

        @Override
        public CompletionStage<Optional<ByteBuffer>> read() {
            return input.isEmpty() && endless
                    ? new CompletableFuture<>()
                    : CompletableFuture.completedFuture(Optional.ofNullable(input.poll()));
        }

        @Override
        public CompletionStage<Void> write(ByteBuffer data) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            output.writeBytes(bytes);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> closeWrite() {
            ended = true;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void reset(long code) {
            wasReset = true;
        }

        @Override
        public void close() {}
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static Optional<byte[]> read(MessageReader reader) {
        return reader.read().toCompletableFuture().join();
    }

    @Test
    void whatIsBehindTheLastMessageIsHandedOver() {
        MessageReader reader = new MessageReader(new Prepared(hex("02abcd11223344"), 100), 10);
        assertThat(read(reader).orElseThrow()).isEqualTo(hex("abcd"));

        assertThat(reader.leftover()).isEqualTo(ByteBuffer.wrap(hex("11223344")));
        assertThat(reader.leftover().hasRemaining()).isFalse();
    }

    @Test
    void messagesAreReadFromPiecesOfAnySize() {
        Prepared out = new Prepared(new byte[0], 1);
        MessageWriter.write(out, "one".getBytes(StandardCharsets.UTF_8));
        MessageWriter.write(out, new byte[0]);
        MessageWriter.write(out, new byte[100_000]);
        for (int piece : new int[] {1, 3, 1000, 1 << 20}) {
            MessageReader reader = new MessageReader(new Prepared(out.output.toByteArray(), piece), 100_000);
            assertThat(read(reader).orElseThrow()).asString().isEqualTo("one");
            assertThat(read(reader).orElseThrow()).isEmpty();
            assertThat(read(reader).orElseThrow()).hasSize(100_000);
            assertThat(read(reader)).isEmpty();
        }
    }

    @Test
    void tooLongAndMalformedLengthsAndEarlyEndsAreProtocolErrors() {
        assertThatThrownBy(() -> read(new MessageReader(new Prepared(hex("6561"), 1), 100)))
                .hasCauseInstanceOf(ProtocolException.class)
                .hasMessageContaining("101 bytes or more")
                .hasMessageContaining("limit 100");
        assertThatThrownBy(() -> read(new MessageReader(new Prepared(hex("ffffffffff01"), 1), Integer.MAX_VALUE)))
                .hasCauseInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> read(new MessageReader(new Prepared(hex("808080808000"), 1), 100)))
                .hasMessageContaining("malformed");
        for (String early : new String[] {"05", "80", "05616263"}) {
            assertThatThrownBy(() -> read(new MessageReader(new Prepared(hex(early), 1), 100)))
                    .hasMessageContaining("ended inside a message");
        }
    }

    @Test
    void theBlockingInputEndsWithTheStreamAndResetsItWhenTimeIsUp() throws IOException {
        Prepared stream = new Prepared("hello".getBytes(StandardCharsets.UTF_8), 2);
        try (StreamInput in = new StreamInput(stream, Duration.ofSeconds(5))) {
            assertThat(in.read()).isEqualTo('h');
            assertThat(in.available()).isEqualTo(1);
            assertThat(in.readAllBytes()).asString().isEqualTo("ello");
            assertThat(in.read()).isEqualTo(-1);
        }
        stream.endless = true;
        try (StreamInput in = new StreamInput(stream, Duration.ofMillis(1))) {
            assertThatThrownBy(in::read)
                    .isInstanceOfSatisfying(
                            NetworkException.class,
                            e -> assertThat(e.reason()).isEqualTo(NetworkException.Reason.TIMEOUT));
        }
        assertThat(stream.wasReset).isTrue();
    }

    @Test
    void theBlockingOutputBuffersUntilFlushAndEndsOurDataOnClose() throws IOException {
        Prepared stream = new Prepared(new byte[0], 1);
        try (StreamOutput out = new StreamOutput(stream, Duration.ofSeconds(5))) {
            out.write('a');
            out.write(new byte[] {'b', 'c'});
            assertThat(stream.output.size()).isZero();
            out.flush();
            assertThat(stream.output.toString(StandardCharsets.UTF_8)).isEqualTo("abc");
            out.write(new byte[100_000]);
            out.write('z');
        }
        assertThat(stream.output.size()).isEqualTo(100_004);
        assertThat(stream.ended).isTrue();
    }
}
