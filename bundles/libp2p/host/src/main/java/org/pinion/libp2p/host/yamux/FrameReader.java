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
package org.pinion.libp2p.host.yamux;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Cuts received bytes into frames; data is passed on as it comes, whatever length was announced. Not thread-safe. */
final class FrameReader {
    /** Takes frames. What it throws ends the reading. */
    interface Sink {
        /** The head of a frame came; returns true if {@code length} bytes of data follow. */
        boolean onHead(Frame frame);

        /** The next {@code count} bytes of data are to be taken from {@code in}, all of them. */
        void onData(Frame frame, ByteBuf in, int count);

        /** All data of a frame came. */
        void onEnd(Frame frame);

        /** True when frames are of no interest any more. */
        boolean isClosed();
    }

    private final Sink sink;
    private final ByteBuffer head = ByteBuffer.allocate(Frame.BYTES);
    private @Nullable Frame frame;
    private long left;

    FrameReader(Sink sink) {
        this.sink = sink;
    }

    void read(ByteBuf in) {
        while (!sink.isClosed() && in.isReadable()) {
            Frame current = frame;
            if (current == null) {
                readHead(in);
            } else {
                int n = (int) Math.min(in.readableBytes(), left);
                left -= n;
                sink.onData(current, in, n);
                endIfComplete(current);
            }
        }
    }

    private void readHead(ByteBuf in) {
        int n = Math.min(in.readableBytes(), head.remaining());
        head.limit(head.position() + n);
        in.readBytes(head);
        head.limit(Frame.BYTES);
        if (head.hasRemaining()) {
            return;
        }
        Frame next = Frame.decode(head.flip());
        head.clear();
        if (sink.onHead(next)) {
            frame = next;
            left = next.length();
            endIfComplete(next);
        }
    }

    private void endIfComplete(Frame current) {
        if (left == 0) {
            frame = null;
            sink.onEnd(current);
        }
    }
}
