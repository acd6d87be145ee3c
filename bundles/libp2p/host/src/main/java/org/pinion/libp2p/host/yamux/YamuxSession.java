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
import io.netty.channel.EventLoop;
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

        /** The peer opened one more stream than it may, which was reset. */
        default void refused(int openStreams) {}

        /** The session is over; all its streams failed. */
        void closed(NetworkException reason);
    }

    private static final long FLUSH_MILLIS = 1000;
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host.yamux");

    private final ReceiveBudget budget;
    private final Listener listener;
    private final StreamTable streams;
    private final FrameReader frames = new FrameReader(new Frames());
    private volatile @Nullable ChannelHandlerContext context;
    private @Nullable NetworkException closed;
    private boolean goneAway;
    private @Nullable Outlet outlet;
    private @Nullable KeepAlive keepAlive;

    /**
     * A session.
     *
     * @param dialer true if we dialed: our streams have odd ids
     * @param maxInboundStreams streams of the peer that are open at once; more are reset
     */
    public YamuxSession(boolean dialer, int maxInboundStreams, ReceiveBudget budget, Listener listener) {
        this.budget = budget;
        this.listener = listener;
        this.streams = new StreamTable(dialer, maxInboundStreams, new Maker());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        Parts parts = new Parts();
        outlet = new Outlet(parts, ctx);
        KeepAlive pings = new KeepAlive(parts, ctx.executor());
        keepAlive = pings;
        pings.ping();
    }

    private final class Parts implements KeepAlive.Session, Outlet.Session {
        @Override
        public boolean isClosed() {
            return closed != null;
        }

        @Override
        public void stuck(NetworkException reason) {
            finish(reason);
        }

        @Override
        public void send(Frame frame) {
            YamuxSession.this.send(frame);
        }

        @Override
        public void pongMissing() {
            close(new NetworkException(
                    Reason.TIMEOUT, "no answer to a keep-alive ping for " + KeepAlive.PONG_SECONDS + " s"));
        }
    }

    /** Opens a stream; waits while too many are not acknowledged. Fails with CLOSED or LIMIT. */
    public CompletableFuture<YamuxStream> open() {
        NetworkException error = closed;
        if (error == null && (goneAway || streams.isUsedUp())) {
            error = new NetworkException(Reason.CLOSED, "the connection takes no more streams");
        }
        return error == null ? streams.open() : CompletableFuture.failedFuture(error);
    }

    private final class Maker implements StreamTable.Owner {
        @Override
        public YamuxStream newStream(int id) {
            return new YamuxStream(YamuxSession.this, id);
        }

        @Override
        public void announce(YamuxStream stream) {
            send(new Frame(Frame.WINDOW, Frame.SYN, stream.id(), 0));
        }
    }

    /** Streams that are open now. Any thread. */
    public int streamCount() {
        return streams.count();
    }

    /** Sends what is queued as far as possible, then closes the connection. */
    public void close(NetworkException reason) {
        ChannelHandlerContext ctx = context();
        if (closed != null) {
            return;
        }
        outlet().drain();
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
            frames.read(in);
        } catch (ProtocolException e) {
            violation(e);
        } finally {
            in.release();
        }
    }

    private final class Frames implements FrameReader.Sink {
        @Override
        public boolean isClosed() {
            return closed != null;
        }

        @Override
        public boolean onHead(Frame frame) {
            if (frame.type() == Frame.PING && keepAlive != null) {
                keepAlive.onFrame(frame);
            } else if (frame.type() == Frame.GO_AWAY) {
                onGoAway(frame);
            } else if (frame.type() != Frame.PING) {
                onStreamFrame(frame);
            }
            return frame.type() == Frame.DATA;
        }

        @Override
        public void onData(Frame frame, ByteBuf in, int count) {
            YamuxStream stream = streams.get(frame.id());
            if (stream == null) {
                in.skipBytes(count);
            } else {
                stream.onData(in, count);
            }
        }

        @Override
        public void onEnd(Frame frame) {
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
            streams.acknowledged(stream);
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
        if (!streams.mayAccept(frame.id())) {
            send(new Frame(Frame.WINDOW, Frame.RST, frame.id(), Stream.RESET_RESOURCE_LIMIT));
            listener.refused(streams.inbound());
            return;
        }
        YamuxStream stream = streams.accept(frame.id());
        sendLazily(new Frame(Frame.WINDOW, Frame.ACK, stream.id(), 0));
        listener.opened(stream);
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
        if (keepAlive != null) {
            keepAlive.stop();
        }
        streams.fail(reason);
        outlet().clear();
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
        return keepAlive == null ? 0 : keepAlive.roundTripNanos();
    }

    /** The loop that everything happens on. */
    public EventLoop eventLoop() {
        return context().channel().eventLoop();
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
        outlet().enqueue(stream);
    }

    void remove(YamuxStream stream) {
        streams.remove(stream, closed == null);
    }

    void send(Frame frame) {
        outlet().send(frame);
    }

    /** Sends a frame that nobody waits for, some milliseconds later at most. */
    void sendLazily(Frame frame) {
        outlet().sendLazily(frame);
    }

    void send(ByteBuf out) {
        outlet().send(out);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            outlet().scheduleDrain();
        }
    }

    private Outlet outlet() {
        Outlet out = outlet;
        if (out == null) {
            throw new IllegalStateException("the session is not in a pipeline");
        }
        return out;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("the session is not in a pipeline");
        }
        return ctx;
    }
}
