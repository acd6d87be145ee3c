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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.bitswap.BitswapMessage.Block;
import org.pinion.libp2p.bitswap.BitswapMessage.Presence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one peer: reads blocks as fast as the peer takes them, never more than a few MiB ahead. One message is made at
 * a time, on a worker; then it is the other peers' turn.
 */
final class Responder {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.bitswap");
    /** A message ends at this size; the last block may pass it. */
    static final int TARGET_BYTES = 512 * 1024;
    /** What was read but not yet taken by the peer. */
    static final long MAX_AHEAD_BYTES = 2 << 20;
    /** Small blocks are sent to those too who only asked whether we have them, which saves a round trip. */
    private static final int INLINE_BYTES = 1024;

    private static final int PRESENCE_BYTES = 48;

    private final PeerId peer;
    private final Responders shared;
    private final Ledger ledger;
    private boolean running;
    private boolean closed;
    private long aheadBytes;
    private long progressAt;
    private @Nullable CompletableFuture<Stream> stream;

    Responder(PeerId peer, Responders shared) {
        this.peer = peer;
        this.shared = shared;
        this.ledger = new Ledger(shared.settings().maxWantsPerPeer());
    }

    Ledger ledger() {
        return ledger;
    }

    /** Starts a worker if there is something to answer and the peer takes it. */
    synchronized void kick() {
        if (running || closed || aheadBytes >= MAX_AHEAD_BYTES || !ledger.hasPending() || !shared.hasRoom()) {
            return;
        }
        running = shared.workers().execute(this::serve);
    }

    private void serve() {
        try {
            Answer answer = new Answer();
            for (Ledger.Entry entry = ledger.next(); entry != null; entry = answer.full() ? null : ledger.next()) {
                look(entry, answer);
            }
            if (!answer.isEmpty()) {
                send(answer);
            }
        } finally {
            synchronized (this) {
                running = false;
            }
            kick();
        }
    }

    private void look(Ledger.Entry entry, Answer answer) {
        try {
            Optional<byte[]> data = Optional.empty();
            boolean have;
            if (entry.haveOnly) {
                OptionalLong size = shared.blocks().size(entry.cid);
                have = size.isPresent();
                if (have && size.getAsLong() <= INLINE_BYTES) {
                    data = shared.blocks().get(entry.cid);
                }
            } else {
                data = shared.blocks().get(entry.cid).filter(bytes -> sendable(entry.cid, bytes));
                have = data.isPresent();
            }
            if (data.isPresent()) {
                answer.add(entry.cid, data.get());
                ledger.settled(entry);
            } else if (have) {
                answer.presences.add(new Presence(entry.cid, true));
                ledger.settled(entry);
            } else if (entry.sendDontHave) {
                answer.presences.add(new Presence(entry.cid, false));
            }
        } catch (IOException e) {
            log.warn("block {} could not be read for {}: {}", entry.cid, peer, e.toString());
            if (entry.sendDontHave) {
                answer.presences.add(new Presence(entry.cid, false));
            }
        }
    }

    private boolean sendable(Cid cid, byte[] bytes) {
        if (bytes.length <= shared.settings().maxBlockBytes()) {
            return true;
        }
        log.debug("block {} of {} bytes is too large to be sent", cid, bytes.length);
        return false;
    }

    /** What one message will carry. */
    private static final class Answer {
        final List<Block> blocks = new ArrayList<>();
        final List<Presence> presences = new ArrayList<>();
        int blockBytes;

        void add(Cid cid, byte[] data) {
            blocks.add(new Block(CidPrefix.of(cid), data));
            blockBytes += data.length;
        }

        boolean full() {
            return blockBytes + presences.size() * PRESENCE_BYTES >= TARGET_BYTES;
        }

        boolean isEmpty() {
            return blocks.isEmpty() && presences.isEmpty();
        }

        BitswapMessage message() {
            return new BitswapMessage(List.of(), false, blocks, presences);
        }
    }

    private void send(Answer answer) {
        CompletableFuture<Stream> to;
        long bytes = answer.blockBytes + (long) answer.presences.size() * PRESENCE_BYTES;
        synchronized (this) {
            if (closed) {
                return;
            }
            if (aheadBytes == 0) {
                progressAt = shared.nanoTime();
            }
            aheadBytes += bytes;
            to = stream == null ? open() : stream;
        }
        shared.held(bytes);
        to.thenCompose(opened -> write(opened, answer)).whenComplete((done, error) -> {
            synchronized (this) {
                aheadBytes -= bytes;
                progressAt = shared.nanoTime();
            }
            shared.released(bytes);
            if (error == null) {
                kick();
            } else {
                failed(to, error);
            }
        });
    }

    private CompletionStage<Void> write(Stream stream, Answer answer) {
        shared.counters().blocksSent.add(answer.blocks.size());
        shared.counters().bytesSent.add(answer.blockBytes);
        ByteBuffer frame = BitswapCodec.frame(answer.message(), Dialect.of(stream.protocol()));
        return stream.write(frame);
    }

    /** Opens the stream for answers; it stays open for later ones. */
    private CompletableFuture<Stream> open() {
        CompletableFuture<Stream> opening =
                shared.host().newStream(peer, Dialect.PROTOCOLS).toCompletableFuture();
        stream = opening;
        opening.thenAccept(opened -> opened.read().whenComplete((data, error) -> {
            // the peer never writes here: it gave the stream up
            forget(opening);
            opened.reset(Stream.RESET_NONE);
        }));
        return opening;
    }

    private void failed(CompletableFuture<Stream> broken, Throwable error) {
        log.debug("answers to {} could not be sent: {}", peer, NetworkErrors.message(error));
        forget(broken);
        if (broken.isCompletedExceptionally()) {
            // the peer is out of reach or does not take answers: it must ask again
            ledger.clear();
        } else {
            broken.thenAccept(opened -> opened.reset(Stream.RESET_NONE));
            kick();
        }
    }

    private synchronized void forget(CompletableFuture<Stream> broken) {
        if (stream == broken) {
            stream = null;
        }
    }

    /** Gives up a stream whose peer takes nothing for long. */
    void checkProgress(long now, long maxNanos) {
        CompletableFuture<Stream> slow;
        synchronized (this) {
            slow = aheadBytes > 0 && now - progressAt > maxNanos ? stream : null;
        }
        if (slow != null) {
            ledger.clear();
            NetworkException reason = new NetworkException(
                    NetworkException.Reason.TIMEOUT, peer + " took no data for " + maxNanos / 1_000_000_000 + " s");
            slow.completeExceptionally(reason);
            failed(slow, reason);
        }
    }

    void close() {
        CompletableFuture<Stream> open;
        synchronized (this) {
            closed = true;
            open = stream;
            stream = null;
        }
        ledger.clear();
        if (open != null) {
            open.thenAccept(opened -> opened.reset(Stream.RESET_NONE));
        }
    }
}
