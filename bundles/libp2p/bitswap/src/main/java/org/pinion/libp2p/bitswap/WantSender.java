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
package org.pinion.libp2p.bitswap;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.bitswap.BitswapMessage.Want;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one peer what we want, by a stream that stays open. One message is under way at a time; what comes up meanwhile
 * goes into the next. Used inside the loop only.
 */
final class WantSender {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.bitswap");
    private static final int MAX_ENTRIES = 2048;

    private final PeerId peer;
    private final Host host;
    private final Loop loop;
    private final Events events;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private @Nullable Stream stream;
    private boolean closed;
    private long busySince;

    /** Left by event loops too, when a message is written. */
    private enum State {
        /** Nothing is under way. */
        IDLE,
        /** A message is being written, or the stream opened. */
        BUSY,
        /** The same, and there is more to send. */
        MORE
    }

    /** Hears of the sender, inside the loop. */
    interface Events {
        /** The next message can be sent. */
        void ready(WantSender sender);

        /** Nothing can be sent any more; called once, the sender is closed. */
        void failed(WantSender sender);
    }

    WantSender(PeerId peer, Host host, Loop loop, Events events) {
        this.peer = peer;
        this.host = host;
        this.loop = loop;
        this.events = events;
    }

    PeerId peer() {
        return peer;
    }

    /** Sends what the table has for this peer. */
    void flush(WantTable table, long now) {
        WantPeer wants = table.peer(peer);
        if (closed || wants == null || !wants.hasOutgoing() || !begin()) {
            return;
        }
        busySince = now;
        if (stream == null) {
            open();
        } else {
            List<Want> next = wants.take(MAX_ENTRIES);
            state.set(wants.hasOutgoing() ? State.MORE : State.BUSY);
            write(stream, next);
        }
    }

    /** True if a message can be sent now; else {@link Events#ready} follows. */
    private boolean begin() {
        while (!state.compareAndSet(State.IDLE, State.BUSY)) {
            if (state.get() == State.MORE || state.compareAndSet(State.BUSY, State.MORE)) {
                return false;
            }
        }
        return true;
    }

    private void open() {
        host.newStream(peer, Dialect.PROTOCOLS).whenComplete((opened, error) -> {
            boolean queued = loop.execute(() -> opened(opened, error));
            if (!queued && opened != null) {
                opened.reset(Stream.RESET_NONE);
            }
        });
    }

    private void opened(@Nullable Stream opened, @Nullable Throwable error) {
        state.set(State.IDLE);
        if (opened == null) {
            fail(error);
        } else if (closed) {
            opened.reset(Stream.RESET_NONE);
        } else {
            stream = opened;
            events.ready(this);
            watch(opened);
        }
    }

    /** The peer never writes here: what is read means that it gave the stream up. */
    private void watch(Stream watched) {
        watched.read()
                .whenComplete((data, error) -> loop.execute(() -> {
                    if (stream == watched) {
                        fail(error);
                    }
                }));
    }

    private void write(Stream to, List<Want> wants) {
        ByteBuffer frame = BitswapCodec.frame(BitswapMessage.wants(wants), Dialect.of(to.protocol()));
        to.write(frame).whenComplete((done, error) -> {
            // mostly there is no more to send, and the loop can sleep on
            if (error != null || !state.compareAndSet(State.BUSY, State.IDLE)) {
                loop.execute(() -> written(error));
            }
        });
    }

    private void written(@Nullable Throwable error) {
        state.set(State.IDLE);
        if (error != null) {
            fail(error);
        } else {
            events.ready(this);
        }
    }

    /** Whether a message is under way since long. */
    boolean stalled(long now, long afterNanos) {
        return state.get() != State.IDLE && now - busySince > afterNanos;
    }

    void fail(@Nullable Throwable error) {
        if (!closed) {
            log.debug(
                    "wants cannot be sent to {}: {}",
                    peer,
                    error == null ? "it ended the stream" : NetworkErrors.message(error));
            close();
            events.failed(this);
        }
    }

    void close() {
        closed = true;
        Stream open = stream;
        stream = null;
        if (open != null) {
            open.reset(Stream.RESET_NONE);
        }
    }
}
