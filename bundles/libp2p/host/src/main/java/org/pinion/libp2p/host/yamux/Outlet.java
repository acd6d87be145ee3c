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
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;

/**
 * The way out of a session: streams take turns while the socket takes bytes. Everything happens on the event loop of the
 * session.
 */
final class Outlet {
    /** Bytes that may wait for a peer that does not read, beyond which the connection is closed. */
    private static final long MAX_UNSENT_BYTES = 4L << 20;

    /** How long a frame that nobody waits for may be kept. */
    private static final long LAZY_MILLIS = 10;

    /** What the outlet needs of its session. */
    interface Session {
        /** True when nothing is sent any more. */
        boolean isClosed();

        /** The peer takes nothing. */
        void stuck(NetworkException reason);
    }

    private final Session session;
    private final ChannelHandlerContext context;
    private final ArrayDeque<YamuxStream> ready = new ArrayDeque<>();
    private boolean drainScheduled;
    private boolean lazyScheduled;

    Outlet(Session session, ChannelHandlerContext context) {
        this.session = session;
        this.context = context;
    }

    /** A stream has something to send. */
    void enqueue(YamuxStream stream) {
        ready.add(stream);
        scheduleDrain();
    }

    void send(Frame frame) {
        send(encode(frame));
        checkUnsent();
    }

    private static ByteBuf encode(Frame frame) {
        ByteBuf out = Unpooled.buffer(Frame.BYTES, Frame.BYTES);
        frame.encode(out);
        return out;
    }

    /**
     * Sends a frame that nobody waits for: it leaves with the next other bytes, or soon. It takes a call of the system less
     * for every short stream.
     */
    void sendLazily(Frame frame) {
        if (session.isClosed()) {
            return;
        }
        context.write(encode(frame));
        if (!drainScheduled && !lazyScheduled) {
            lazyScheduled = true;
            context.executor().schedule(this::endOfLaziness, LAZY_MILLIS, TimeUnit.MILLISECONDS);
        }
        checkUnsent();
    }

    private void endOfLaziness() {
        lazyScheduled = false;
        scheduleDrain();
    }

    void send(ByteBuf out) {
        if (session.isClosed()) {
            out.release();
            return;
        }
        context.write(out);
        scheduleDrain();
    }

    /** Answers to frames go out whatever the socket says, so a peer that never reads is cut off. */
    private void checkUnsent() {
        ChannelOutboundBuffer unsent = context.channel().unsafe().outboundBuffer();
        if (!session.isClosed() && unsent != null && unsent.totalPendingWriteBytes() > MAX_UNSENT_BYTES) {
            context.close();
            session.stuck(
                    new NetworkException(Reason.LIMIT, "the peer does not read: " + MAX_UNSENT_BYTES + " bytes wait"));
        }
    }

    /** Later in this turn of the loop: writes share frames and flushes, and futures never complete inside write(). */
    void scheduleDrain() {
        if (!drainScheduled && !session.isClosed()) {
            drainScheduled = true;
            context.executor().execute(this::drain);
        }
    }

    /** Sends as far as possible. */
    void drain() {
        while (!session.isClosed() && context.channel().isWritable()) {
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
        context.flush();
    }

    void clear() {
        ready.clear();
    }
}
