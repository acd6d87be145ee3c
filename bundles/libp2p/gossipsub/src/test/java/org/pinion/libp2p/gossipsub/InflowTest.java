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
package org.pinion.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.Stream;

class InflowTest {
    private final Loop loop = new Loop("inflow-test");
    private final CountDownLatch busy = new CountDownLatch(1);
    private final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private int wanted = Integer.MAX_VALUE;

    @AfterEach
    void close() {
        busy.countDown();
        loop.close();
    }

    /** Has so many frames of four bytes at hand, each read apart, and then its end. */
    private static final class Frames implements Stream {
        final AtomicInteger reads = new AtomicInteger();
        private final int count;

        Frames(int count) {
            this.count = count;
        }

        @Override
        public CompletionStage<Optional<ByteBuffer>> read() {
            int number = reads.getAndIncrement();
            return CompletableFuture.completedFuture(
                    number < count
                            ? Optional.of(MessageWriter.frame(
                                    ByteBuffer.allocate(4).putInt(number).array()))
                            : Optional.empty());
        }

        @Override
        public String protocol() {
            return "/test";
        }

        @Override
        public Connection connection() {
            throw new UnsupportedOperationException();
        }

        @Override
        public PeerId remotePeer() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> write(ByteBuffer data) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> closeWrite() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reset(long code) {}

        @Override
        public void close() {}
    }

    private final class Taker implements Inflow.Sink {
        @Override
        public boolean received(byte[] frame) {
            received.add(ByteBuffer.wrap(frame).getInt());
            return received.size() < wanted;
        }

        @Override
        public void ended(@Nullable Throwable error) {
            ends.add(String.valueOf(error));
        }
    }

    private void start(Frames frames) {
        loop.execute(() -> {
            try {
                busy.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        new Inflow(loop, new MessageReader(frames, 100), new Taker()).read();
    }

    @Test
    void readsAFewFramesAheadOfALoopThatIsBusyAndNoMore() throws Exception {
        Frames frames = new Frames(100_000);
        start(frames);
        assertThat(frames.reads).hasValue(64);

        busy.countDown();
        assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("null");
        List<Integer> all = new ArrayList<>();
        received.drainTo(all);
        assertThat(all).hasSize(100_000).isSorted();
    }

    @Test
    void takesNoMoreThanIsWanted() throws Exception {
        wanted = 3;
        Frames frames = new Frames(100_000);
        start(frames);
        busy.countDown();
        loop.close();
        assertThat(received).hasSize(3);
        assertThat(frames.reads).hasValue(64);
        assertThat(ends).isEmpty();
    }
}
