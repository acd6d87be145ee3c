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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.Stream;

/**
 * One stream of a session. Everything happens on the event loop of the connection; futures complete there.
 *
 * @spec yamux "Flow Control", "Opening a stream", "Closing a stream"
 */
public final class YamuxStream {
    /** Window of every new stream, in bytes. */
    static final long INITIAL_WINDOW = 256 * 1024;
    /** What a window may grow to while its reader is fast. */
    static final long MAX_WINDOW = 4L << 20;
    /** Payload of a data frame: with its head it fills one Noise message. */
    private static final int MAX_FRAME_BYTES = 65519 - Frame.BYTES;
    /** How long a stream that nobody reads any more waits for the end of the peer's data. */
    private static final long LINGER_SECONDS = 60;

    private final YamuxSession session;
    private final int id;
    private final ReceiveQueue received = new ReceiveQueue();
    private final SendQueue sending = new SendQueue();
    private long window = INITIAL_WINDOW;
    private long receiveCredit = INITIAL_WINDOW;
    private long sendCredit = INITIAL_WINDOW;
    private long consumed;
    private long lastUpdateNanos;
    private @Nullable CompletableFuture<Optional<ByteBuffer>> reader;
    private @Nullable CompletableFuture<Void> closing;
    private @Nullable NetworkException failure;
    private @Nullable ScheduledFuture<?> linger;
    private boolean acknowledged;
    private boolean finSent;
    private boolean remoteFin;
    private boolean discarding;
    private boolean queued;

    YamuxStream(YamuxSession session, int id) {
        this.session = session;
        this.id = id;
        this.lastUpdateNanos = session.nanoTime();
    }

    /** The stream id. */
    public int id() {
        return id;
    }

    /** Runs a task on the event loop that owns this stream; false if the loop is gone. */
    public boolean execute(Runnable task) {
        return session.execute(task);
    }

    /** The next received bytes, or empty at the end; see {@link Stream#read}. */
    public CompletableFuture<Optional<ByteBuffer>> read() {
        if (reader != null) {
            return CompletableFuture.failedFuture(new IllegalStateException("a read is outstanding already"));
        }
        if (failure != null && !remoteFin) {
            return CompletableFuture.failedFuture(failure);
        }
        ByteBuffer next = received.poll();
        if (next != null) {
            session.budget().release(next.remaining());
            consume(next.remaining());
            return CompletableFuture.completedFuture(Optional.of(next));
        }
        if (discarding) {
            return CompletableFuture.failedFuture(closedError());
        }
        if (remoteFin) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<ByteBuffer>> next2 = new CompletableFuture<>();
        reader = next2;
        return next2;
    }

    /** Queues bytes; see {@link Stream#write}. The future never completes before this method returns, unless failed. */
    public CompletableFuture<Void> write(ByteBuffer data) {
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        if (closing != null) {
            return CompletableFuture.failedFuture(closedError());
        }
        if (sending.bytes() + data.remaining() > SendQueue.MAX_BYTES && !sending.isEmpty()) {
            NetworkException error = new NetworkException(
                    Reason.LIMIT, sending.bytes() + " bytes wait on stream " + id + ", limit " + SendQueue.MAX_BYTES);
            reset(Stream.RESET_RESOURCE_LIMIT, error);
            return CompletableFuture.failedFuture(error);
        }
        if (!data.hasRemaining()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        sending.add(data, done);
        enqueue();
        return done;
    }

    /** Ends our data after what is queued. */
    public CompletableFuture<Void> closeWrite() {
        if (closing != null) {
            return closing;
        }
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        closing = done;
        enqueue();
        return done;
    }

    /**
     * Ends our data as {@link #close} does, on a stream on which the peer waits for none: if it has ended its own too, it is
     * told with the next bytes for it.
     */
    public void closeLazily() {
        if (remoteFin && failure == null && closing == null && sending.isEmpty()) {
            closing = CompletableFuture.completedFuture(null);
            session.sendLazily(end());
        }
        close();
    }

    /** Aborts both directions. */
    public void reset(long code) {
        reset(code, NetworkException.reset("stream " + id + " was reset by us", code));
    }

    private void reset(long code, NetworkException error) {
        if (failure != null || (finSent && remoteFin)) {
            // the peer needs not be told, but what waits for a reader is not to be held for ever
            discarding = true;
            session.budget().release(received.clear());
            return;
        }
        session.send(new Frame(Frame.WINDOW, Frame.RST, id, code));
        fail(error, false);
    }

    /** Ends our data, drops what comes in, and forgets the stream when the peer has ended its data too. */
    public void close() {
        if (discarding) {
            return;
        }
        discarding = true;
        session.budget().release(received.clear());
        CompletableFuture<Optional<ByteBuffer>> waiting = reader;
        reader = null;
        if (failure == null) {
            closeWrite();
            if (!remoteFin) {
                linger = session.schedule(() -> reset(Stream.RESET_NONE), LINGER_SECONDS, TimeUnit.SECONDS);
            }
        }
        if (waiting != null) {
            waiting.completeExceptionally(closedError());
        }
    }

    private NetworkException closedError() {
        return new NetworkException(Reason.CLOSED, "stream " + id + " is closed");
    }

    // ---- what the session reports ----

    boolean acknowledged() {
        return acknowledged;
    }

    void onAck() {
        acknowledged = true;
    }

    void onWindow(long delta) {
        sendCredit += delta;
        if (sendCredit > Frame.MAX_U32) {
            throw ProtocolException.closeConnection("window of stream " + id + " passes 2^32-1 bytes");
        }
        if (!sending.isEmpty()) {
            enqueue();
        }
    }

    /** Checks the length of a data frame against the window before its bytes come. */
    void onDataHead(long length) {
        if (length > receiveCredit) {
            throw ProtocolException.closeConnection(
                    "data of " + length + " bytes on stream " + id + ", window " + receiveCredit);
        }
        if (remoteFin && length > 0) {
            throw ProtocolException.closeConnection("data after the end of stream " + id);
        }
        receiveCredit -= length;
    }

    void onData(ByteBuf in, int count) {
        if (failure != null || discarding) {
            in.skipBytes(count);
            return;
        }
        CompletableFuture<Optional<ByteBuffer>> waiting = reader;
        if (waiting != null) {
            reader = null;
            ByteBuffer data = ReceiveQueue.take(in, count);
            consume(count);
            waiting.complete(Optional.of(data));
        } else if (session.budget().acquire(count)) {
            received.add(in, count);
        } else {
            in.skipBytes(count);
            reset(
                    Stream.RESET_RESOURCE_LIMIT,
                    new NetworkException(
                            Reason.LIMIT,
                            "too many received bytes wait for their readers, stream " + id + " was given up"));
        }
    }

    void onFin() {
        if (remoteFin) {
            return;
        }
        remoteFin = true;
        cancelLinger();
        CompletableFuture<Optional<ByteBuffer>> waiting = reader;
        reader = null;
        removeIfDone();
        if (waiting != null) {
            waiting.complete(Optional.empty());
        }
    }

    void onReset(long code) {
        fail(
                NetworkException.reset(
                        "stream " + id + " was reset by the peer with code 0x" + Long.toHexString(code), code),
                false);
    }

    /** The connection is gone. Bytes of a peer that had ended its data stay readable. */
    void onClosed(NetworkException error) {
        fail(error, remoteFin);
    }

    private void fail(NetworkException error, boolean keepReceived) {
        if (failure != null) {
            return;
        }
        failure = error;
        cancelLinger();
        if (!keepReceived) {
            remoteFin = false;
            session.budget().release(received.clear());
        }
        session.remove(this);
        CompletableFuture<Optional<ByteBuffer>> waiting = reader;
        reader = null;
        sending.fail(error);
        if (closing != null) {
            closing.completeExceptionally(error);
        }
        if (waiting != null) {
            waiting.completeExceptionally(error);
        }
    }

    private void cancelLinger() {
        if (linger != null) {
            linger.cancel(false);
            linger = null;
        }
    }

    private void removeIfDone() {
        if (finSent && remoteFin) {
            session.remove(this);
        }
    }

    // ---- sending ----

    private void enqueue() {
        if (!queued) {
            queued = true;
            session.enqueue(this);
        }
    }

    /** Sends one frame; returns true if there is more to send now. */
    boolean sendFrame() {
        queued = false;
        if (failure != null) {
            return false;
        }
        if (!sending.isEmpty()) {
            int count = (int) Math.min(MAX_FRAME_BYTES, Math.min(sendCredit, sending.bytes()));
            if (count == 0) {
                return false;
            }
            sendCredit -= count;
            ByteBuf out = session.buffer(Frame.BYTES + count);
            new Frame(Frame.DATA, 0, id, count).encode(out);
            List<CompletableFuture<Void>> finished = sending.take(count, out);
            session.send(out);
            finished.forEach(done -> done.complete(null));
        }
        if (sending.isEmpty()) {
            if (closing != null && !finSent && failure == null) {
                session.send(end());
                closing.complete(null);
            }
            return false;
        }
        return sendCredit > 0 && !queued;
    }

    private Frame end() {
        finSent = true;
        removeIfDone();
        return new Frame(Frame.WINDOW, Frame.FIN, id, 0);
    }

    void markQueued() {
        queued = true;
    }

    /** Gives window back once half of it was handed to the reader; doubles it while that takes less than two round trips. */
    private void consume(int count) {
        consumed += count;
        if (remoteFin || failure != null || consumed < window / 2) {
            return;
        }
        long now = session.nanoTime();
        long roundTrip = session.roundTripNanos();
        long growth = 0;
        if (roundTrip > 0
                && now - lastUpdateNanos < 2 * roundTrip
                && session.budget().relaxed()) {
            growth = Math.min(window, MAX_WINDOW - window);
            window += growth;
        }
        lastUpdateNanos = now;
        long delta = consumed + growth;
        consumed = 0;
        receiveCredit += delta;
        session.send(new Frame(Frame.WINDOW, 0, id, delta));
    }
}
