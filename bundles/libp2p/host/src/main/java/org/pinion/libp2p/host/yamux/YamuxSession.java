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
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of one connection. Last handler of the pipeline; everything happens on its event loop unless said
 * otherwise.
 *
 * @spec yamux
 */
public final class YamuxSession extends ChannelInboundHandlerAdapter {
    /** Protocol id. */
    public static final String PROTOCOL = "/yamux/1.0.0";

    /** Hears about a session; called on its event loop. */
    public interface Listener {
        /** The peer opened a stream. */
        void opened(YamuxStream stream);

        /** The session is over; all its streams failed. */
        void closed(NetworkException reason);
    }

    /** Opened streams that the peer has not acknowledged; Go peers refuse more. */
    private static final int MAX_UNACKNOWLEDGED = 256;
    /** Opens that wait for that. */
    private static final int MAX_WAITING_OPENS = 4096;
    /** Bytes that may wait for a peer that does not read, beyond which the connection is closed. */
    private static final long MAX_UNSENT_BYTES = 4L << 20;

    private static final long PING_SECONDS = 30;
    private static final long PONG_SECONDS = 10;
    private static final long FLUSH_MILLIS = 1000;
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host.yamux");

    private final boolean dialer;
    private final int maxInboundStreams;
    private final ReceiveBudget budget;
    private final Listener listener;
    private final Map<Integer, YamuxStream> streams = new HashMap<>();
    private volatile int streamCount;
    private final ArrayDeque<YamuxStream> ready = new ArrayDeque<>();
    private final ArrayDeque<CompletableFuture<YamuxStream>> waitingOpens = new ArrayDeque<>();
    private final ByteBuffer head = ByteBuffer.allocate(Frame.BYTES);
    private volatile @Nullable ChannelHandlerContext context;
    private @Nullable NetworkException closed;
    private @Nullable Frame body;
    private long bodyLeft;
    private long nextId;
    private int inboundStreams;
    private int unacknowledged;
    private boolean goneAway;
    private boolean drainScheduled;
    private long pingValue;
    private long pingSentNanos;
    private long roundTripNanos;
    private @Nullable ScheduledFuture<?> pingTimer;

    /**
     * A session.
     *
     * @param dialer true if we dialed: our streams have odd ids
     * @param maxInboundStreams streams of the peer that are open at once; more are reset
     */
    public YamuxSession(boolean dialer, int maxInboundStreams, ReceiveBudget budget, Listener listener) {
        this.dialer = dialer;
        this.maxInboundStreams = maxInboundStreams;
        this.budget = budget;
        this.listener = listener;
        this.nextId = dialer ? 1 : 2;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        sendPing();
    }

    /** Opens a stream; waits while too many are not acknowledged. Fails with CLOSED or LIMIT. */
    public CompletableFuture<YamuxStream> open() {
        NetworkException error = closed;
        if (error == null && (goneAway || nextId > Integer.MAX_VALUE)) {
            error = new NetworkException(Reason.CLOSED, "the connection takes no more streams");
        }
        if (error == null && waitingOpens.size() >= MAX_WAITING_OPENS) {
            error = new NetworkException(Reason.LIMIT, MAX_WAITING_OPENS + " streams wait for the peer to accept them");
        }
        if (error != null) {
            return CompletableFuture.failedFuture(error);
        }
        if (unacknowledged >= MAX_UNACKNOWLEDGED) {
            CompletableFuture<YamuxStream> waiting = new CompletableFuture<>();
            waitingOpens.add(waiting);
            return waiting;
        }
        return CompletableFuture.completedFuture(openNow());
    }

    private YamuxStream openNow() {
        YamuxStream stream = new YamuxStream(this, (int) nextId);
        nextId += 2;
        unacknowledged++;
        streams.put(stream.id(), stream);
        streamCount = streams.size();
        send(new Frame(Frame.WINDOW, Frame.SYN, stream.id(), 0));
        return stream;
    }

    /** Streams that are open now. Any thread. */
    public int streamCount() {
        return streamCount;
    }

    /** Sends what is queued as far as possible, then closes the connection. */
    public void close(NetworkException reason) {
        ChannelHandlerContext ctx = context();
        if (closed != null) {
            return;
        }
        drain();
        finish(reason);
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        // a peer that does not read must not keep the connection
        schedule(() -> ctx.channel().close(), FLUSH_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Completes when the socket is closed. Any thread. */
    public CompletableFuture<Void> whenClosed() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        context().channel().closeFuture().addListener(done -> ended.complete(null));
        return ended;
    }

    /** Tells the peer why, then closes the connection. */
    public void goAway(long code, NetworkException reason) {
        if (closed == null) {
            send(new Frame(Frame.GO_AWAY, 0, 0, code));
            close(reason);
        }
    }

    // ---- receiving ----

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        try {
            while (closed == null && in.isReadable()) {
                if (bodyLeft > 0) {
                    readBody(in);
                } else {
                    readHead(in);
                }
            }
        } catch (ProtocolException e) {
            violation(e);
        } finally {
            in.release();
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
        Frame frame = Frame.decode(head.flip());
        head.clear();
        switch (frame.type()) {
            case Frame.PING -> onPing(frame);
            case Frame.GO_AWAY -> onGoAway(frame);
            default -> onStreamFrame(frame);
        }
    }

    private void readBody(ByteBuf in) {
        Frame frame = body;
        int n = (int) Math.min(in.readableBytes(), bodyLeft);
        bodyLeft -= n;
        YamuxStream stream = frame == null ? null : streams.get(frame.id());
        if (stream == null) {
            in.skipBytes(n);
        } else {
            stream.onData(in, n);
        }
        if (bodyLeft == 0 && frame != null) {
            body = null;
            onEndFlags(frame);
        }
    }

    private void onStreamFrame(Frame frame) {
        if (frame.id() == 0) {
            throw ProtocolException.closeConnection("yamux stream frame for the session");
        }
        if (frame.has(Frame.SYN)) {
            onSyn(frame);
        }
        YamuxStream stream = streams.get(frame.id());
        if (stream != null && frame.has(Frame.ACK)) {
            onAck(stream);
        }
        if (frame.type() == Frame.WINDOW) {
            if (stream != null && !frame.has(Frame.RST)) {
                stream.onWindow(frame.length());
            }
            onEndFlags(frame);
            return;
        }
        if (stream != null) {
            stream.onDataHead(frame.length());
        }
        body = frame;
        bodyLeft = frame.length();
        if (bodyLeft == 0) {
            body = null;
            onEndFlags(frame);
        }
    }

    private void onEndFlags(Frame frame) {
        YamuxStream stream = streams.get(frame.id());
        if (stream == null) {
            return;
        }
        if (frame.has(Frame.RST)) {
            stream.onReset(frame.type() == Frame.WINDOW ? frame.length() : Stream.RESET_NONE);
        } else if (frame.has(Frame.FIN)) {
            stream.onFin();
        }
    }

    private void onSyn(Frame frame) {
        boolean odd = (frame.id() & 1) != 0;
        if (odd == dialer) {
            throw ProtocolException.closeConnection(
                    "the peer opened stream " + Integer.toUnsignedString(frame.id()) + ", an id of our own");
        }
        if (streams.containsKey(frame.id())) {
            throw ProtocolException.closeConnection("the peer opened stream " + frame.id() + " twice");
        }
        if (inboundStreams >= maxInboundStreams) {
            send(new Frame(Frame.WINDOW, Frame.RST, frame.id(), Stream.RESET_RESOURCE_LIMIT));
            return;
        }
        YamuxStream stream = new YamuxStream(this, frame.id());
        stream.onAck();
        inboundStreams++;
        streams.put(stream.id(), stream);
        streamCount = streams.size();
        send(new Frame(Frame.WINDOW, Frame.ACK, stream.id(), 0));
        listener.opened(stream);
    }

    private void onAck(YamuxStream stream) {
        if (!stream.acknowledged()) {
            stream.onAck();
            unacknowledged--;
            openWaiting();
        }
    }

    private void openWaiting() {
        while (closed == null && unacknowledged < MAX_UNACKNOWLEDGED && !waitingOpens.isEmpty()) {
            CompletableFuture<YamuxStream> waiting = waitingOpens.remove();
            if (!waiting.isDone()) {
                waiting.complete(openNow());
            }
        }
    }

    private void onPing(Frame frame) {
        if (frame.has(Frame.SYN)) {
            send(new Frame(Frame.PING, Frame.ACK, 0, frame.length()));
        } else if (frame.has(Frame.ACK) && frame.length() == (pingValue & Frame.MAX_U32) && pingTimer != null) {
            pingTimer.cancel(false);
            roundTripNanos = Math.max(1, nanoTime() - pingSentNanos);
            pingTimer = schedule(this::sendPing, PING_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void sendPing() {
        pingValue++;
        pingSentNanos = nanoTime();
        send(new Frame(Frame.PING, Frame.SYN, 0, pingValue & Frame.MAX_U32));
        pingTimer = schedule(this::pongMissing, PONG_SECONDS, TimeUnit.SECONDS);
    }

    private void pongMissing() {
        close(new NetworkException(Reason.TIMEOUT, "no answer to a keep-alive ping for " + PONG_SECONDS + " s"));
    }

    private void onGoAway(Frame frame) {
        goneAway = true;
        LOG.debug("peer goes away code=0x{}", Long.toHexString(frame.length()));
    }

    private void violation(ProtocolException e) {
        LOG.debug("closing a connection: {}", e.getMessage());
        goAway(1, new NetworkException(Reason.PROTOCOL_VIOLATION, "the peer broke the protocol: " + e.getMessage(), e));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        finish(new NetworkException(Reason.CLOSED, "the peer closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("connection failed: {}", cause.toString());
        ctx.close();
        finish(new NetworkException(Reason.CLOSED, "the connection failed: " + cause.getMessage(), cause));
    }

    private void finish(NetworkException reason) {
        if (closed != null) {
            return;
        }
        closed = reason;
        if (pingTimer != null) {
            pingTimer.cancel(false);
        }
        List<YamuxStream> failed = new ArrayList<>(streams.values());
        List<CompletableFuture<YamuxStream>> opens = new ArrayList<>(waitingOpens);
        waitingOpens.clear();
        failed.forEach(stream -> stream.onClosed(reason));
        opens.forEach(open -> open.completeExceptionally(reason));
        ready.clear();
        listener.closed(reason);
    }

    // ---- sending, for streams ----

    ReceiveBudget budget() {
        return budget;
    }

    long nanoTime() {
        return System.nanoTime();
    }

    long roundTripNanos() {
        return roundTripNanos;
    }

    /** Runs a task on the event loop, at once if we are on it; false if the loop is gone. Any thread. */
    public boolean execute(Runnable task) {
        var loop = context().executor();
        if (loop.inEventLoop()) {
            task.run();
            return true;
        }
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Resets a stream if something it waits for does not come in time. */
    public void resetAfter(YamuxStream stream, CompletableFuture<?> awaited, long delay, TimeUnit unit) {
        ScheduledFuture<?> timer = schedule(() -> stream.reset(Stream.RESET_NEGOTIATION_FAILED), delay, unit);
        awaited.whenComplete((value, error) -> timer.cancel(false));
    }

    ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return context().executor().schedule(task, delay, unit);
    }

    ByteBuf buffer(int bytes) {
        return Unpooled.buffer(bytes, bytes);
    }

    void enqueue(YamuxStream stream) {
        ready.add(stream);
        scheduleDrain();
    }

    void remove(YamuxStream stream) {
        if (streams.remove(stream.id()) == null) {
            return;
        }
        streamCount = streams.size();
        if (((stream.id() & 1) != 0) != dialer) {
            inboundStreams--;
        } else if (!stream.acknowledged()) {
            unacknowledged--;
            openWaiting();
        }
    }

    void send(Frame frame) {
        ByteBuf out = buffer(Frame.BYTES);
        frame.encode(out);
        send(out);
        checkUnsent();
    }

    void send(ByteBuf out) {
        if (closed != null) {
            out.release();
            return;
        }
        context().write(out);
        scheduleDrain();
    }

    /** Answers to frames go out whatever the socket says, so a peer that never reads is cut off. */
    private void checkUnsent() {
        ChannelOutboundBuffer unsent = context().channel().unsafe().outboundBuffer();
        if (closed == null && unsent != null && unsent.totalPendingWriteBytes() > MAX_UNSENT_BYTES) {
            context().close();
            finish(new NetworkException(Reason.LIMIT, "the peer does not read: " + MAX_UNSENT_BYTES + " bytes wait"));
        }
    }

    /** Later in this turn of the loop: writes share frames and flushes, and futures never complete inside write(). */
    private void scheduleDrain() {
        if (!drainScheduled && closed == null) {
            drainScheduled = true;
            context().executor().execute(this::drain);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            scheduleDrain();
        }
    }

    private void drain() {
        ChannelHandlerContext ctx = context();
        while (closed == null && ctx.channel().isWritable()) {
            YamuxStream stream = ready.poll();
            if (stream == null) {
                break;
            }
            if (stream.sendFrame()) {
                stream.markQueued();
                ready.add(stream);
            }
        }
        drainScheduled = false;
        ctx.flush();
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("the session is not in a pipeline");
        }
        return ctx;
    }
}
