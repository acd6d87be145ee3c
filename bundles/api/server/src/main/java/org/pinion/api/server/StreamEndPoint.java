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
package org.pinion.api.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Stream;

/**
 * A libp2p stream as Jetty's end of a connection. At most one read and one write of {@value #WRITE_BYTES} bytes are under
 * way, so that the stream's flow control holds back who writes. Jetty's threads and the stream's event loop.
 */
class StreamEndPoint extends AbstractEndPoint {
    private static final int WRITE_BYTES = 64 << 10;

    private final Stream stream;
    private final Executor executor;
    private final SocketAddress local;
    private final SocketAddress remote;

    private @Nullable ByteBuffer received;
    private @Nullable Throwable readFailure;
    private boolean reading;
    private boolean ended;
    private boolean writing;
    private boolean flushWaits;
    private @Nullable Throwable writeFailure;

    StreamEndPoint(Stream stream, PeerId own, Scheduler scheduler, Executor executor) {
        super(scheduler);
        this.stream = stream;
        this.executor = executor;
        this.local = new PeerAddress(own.toString());
        this.remote = new PeerAddress(stream.remotePeer().toString());
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return local;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return remote;
    }

    @Override
    public Object getTransport() {
        return stream;
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled;
        synchronized (stream) {
            ByteBuffer data = received;
            if (data == null) {
                if (readFailure != null) {
                    throw new EofException(readFailure);
                }
                if (!ended) {
                    return 0;
                }
                filled = -1;
            } else {
                filled = BufferUtil.append(buffer, data);
                if (!data.hasRemaining()) {
                    received = null;
                }
            }
        }
        if (filled > 0) {
            notIdle();
        } else if (filled < 0) {
            shutdownInput();
        }
        return filled;
    }

    @Override
    protected void needsFillInterest() {
        synchronized (stream) {
            if (received == null && !ended && readFailure == null) {
                if (!reading) {
                    reading = true;
                    stream.read().whenComplete(this::arrived);
                }
                return;
            }
        }
        executor.execute(() -> getFillInterest().fillable());
    }

    private void arrived(@Nullable Optional<ByteBuffer> data, @Nullable Throwable failure) {
        synchronized (stream) {
            reading = false;
            if (failure != null || data == null) {
                readFailure = failure == null ? new ClosedChannelException() : failure;
            } else if (data.isEmpty()) {
                ended = true;
            } else {
                received = data.get();
            }
        }
        executor.execute(() -> getFillInterest().fillable());
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        ByteBuffer piece;
        synchronized (stream) {
            if (writeFailure != null) {
                throw new EofException(writeFailure);
            }
            if (isOutputShutdown() || !isOpen()) {
                throw new EofException("the stream is closed");
            }
            long wanted = 0;
            for (ByteBuffer buffer : buffers) {
                wanted += buffer.remaining();
            }
            if (wanted == 0) {
                return true;
            }
            if (writing) {
                return false;
            }
            piece = ByteBuffer.allocate((int) Math.min(wanted, WRITE_BYTES));
            writing = true;
        }
        boolean all = true;
        for (ByteBuffer buffer : buffers) {
            int take = Math.min(buffer.remaining(), piece.remaining());
            piece.put(buffer.slice().limit(take));
            buffer.position(buffer.position() + take);
            all &= !buffer.hasRemaining();
        }
        piece.flip();
        notIdle();
        stream.write(piece).whenComplete((done, failure) -> written(failure));
        return all;
    }

    private void written(@Nullable Throwable failure) {
        boolean wake;
        synchronized (stream) {
            writing = false;
            writeFailure = failure;
            wake = flushWaits;
            flushWaits = false;
        }
        if (wake) {
            completeWrite();
        }
    }

    @Override
    protected void onIncompleteFlush() {
        synchronized (stream) {
            if (writing) {
                flushWaits = true;
                return;
            }
        }
        completeWrite();
    }

    /** Not on the event loop: it may go on to build the next part of an answer. */
    private void completeWrite() {
        executor.execute(() -> getWriteFlusher().completeWrite());
    }

    @Override
    protected void doShutdownOutput() {
        stream.closeWrite();
        super.doShutdownOutput();
    }

    /** Never a reset: it would overtake an answer that is still on its way. A broken one lacks its end, as HTTP tells. */
    @Override
    protected void doClose() {
        stream.close();
        super.doClose();
    }

    /** The request log shows the caller's peer id where it shows the caller's IP address otherwise. */
    static final class PeerAddress extends SocketAddress {
        private static final long serialVersionUID = 1;
        private final String id;

        PeerAddress(String id) {
            this.id = id;
        }

        @Override
        public String toString() {
            return id;
        }
    }
}
