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

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The pings of a session: one at its start and every 30 seconds; a peer that does not answer within 10 seconds is given
 * up. Everything happens on the event loop of the session.
 *
 * @spec yamux "Ping"
 */
final class KeepAlive {
    static final long PONG_SECONDS = 10;
    private static final long PING_SECONDS = 30;

    /** What the pings need of their session. */
    interface Session {
        /** Sends a frame. */
        void send(Frame frame);

        /** The peer is silent. */
        void pongMissing();
    }

    private final Session session;
    private final EventExecutor loop;
    private long value;
    private long sentNanos;
    private long roundTripNanos;
    private boolean waiting;
    private @Nullable ScheduledFuture<?> timer;

    KeepAlive(Session session, EventExecutor loop) {
        this.session = session;
        this.loop = loop;
    }

    void ping() {
        value++;
        waiting = true;
        sentNanos = System.nanoTime();
        session.send(new Frame(Frame.PING, Frame.SYN, 0, value & Frame.MAX_U32));
        timer = loop.schedule(session::pongMissing, PONG_SECONDS, TimeUnit.SECONDS);
    }

    /** Answers a ping, or takes an answer; answers to nothing are ignored. */
    void onFrame(Frame frame) {
        if (frame.has(Frame.SYN)) {
            session.send(new Frame(Frame.PING, Frame.ACK, 0, frame.length()));
        } else if (frame.has(Frame.ACK) && waiting && frame.length() == (value & Frame.MAX_U32)) {
            stop();
            waiting = false;
            roundTripNanos = Math.max(1, System.nanoTime() - sentNanos);
            timer = loop.schedule(this::ping, PING_SECONDS, TimeUnit.SECONDS);
        }
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Time of the last answered ping; 0 before. */
    long roundTripNanos() {
        return roundTripNanos;
    }
}
