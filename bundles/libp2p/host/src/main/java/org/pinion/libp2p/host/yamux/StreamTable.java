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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.ProtocolException;

/**
 * The streams of a session by their ids: who opened which, and how many there may be. On the event loop of the session
 * unless said otherwise.
 *
 * @spec yamux "StreamID Field"
 */
final class StreamTable {
    /** What the table needs of its session. */
    interface Owner {
        /** A new stream. */
        YamuxStream newStream(int id);

        /** Tells the peer of a stream of ours. */
        void announce(YamuxStream stream);
    }

    private final boolean dialer;
    private final int maxInbound;
    private final Owner owner;
    private final Map<Integer, YamuxStream> streams = new HashMap<>();
    private final OpenQueue opens = new OpenQueue(this::openNow);
    private volatile int count;
    private long nextId;
    private int inbound;

    /**
     * No streams yet.
     *
     * @param dialer true if we dialed: our streams have odd ids
     * @param maxInbound streams of the peer that are open at once
     * @param owner makes streams and tells the peer of ours
     */
    StreamTable(boolean dialer, int maxInbound, Owner owner) {
        this.dialer = dialer;
        this.maxInbound = maxInbound;
        this.owner = owner;
        this.nextId = dialer ? 1 : 2;
    }

    @Nullable
    YamuxStream get(int id) {
        return streams.get(id);
    }

    /** Streams that are open now. Any thread. */
    int count() {
        return count;
    }

    /** Streams of the peer that are open now. */
    int inbound() {
        return inbound;
    }

    /** True when all our ids are used up. */
    boolean isUsedUp() {
        return nextId > Integer.MAX_VALUE;
    }

    /** Opens a stream of ours, when its turn comes. */
    CompletableFuture<YamuxStream> open() {
        return opens.open();
    }

    private YamuxStream openNow() {
        YamuxStream stream = owner.newStream((int) nextId);
        nextId += 2;
        put(stream);
        owner.announce(stream);
        return stream;
    }

    /**
     * Checks the id of a stream that the peer opens; false if it has too many.
     *
     * @throws ProtocolException if the id is not free, or one of ours; the connection must be closed
     */
    boolean mayAccept(int id) {
        if (isOurs(id)) {
            throw ProtocolException.closeConnection(
                    "the peer opened stream " + Integer.toUnsignedString(id) + ", an id of our own");
        }
        if (streams.containsKey(id)) {
            throw ProtocolException.closeConnection("the peer opened stream " + id + " twice");
        }
        return inbound < maxInbound;
    }

    /** Takes a stream of the peer. */
    YamuxStream accept(int id) {
        YamuxStream stream = owner.newStream(id);
        stream.onAck();
        inbound++;
        put(stream);
        return stream;
    }

    private void put(YamuxStream stream) {
        streams.put(stream.id(), stream);
        count = streams.size();
    }

    /** The peer took a stream of ours. */
    void acknowledged(YamuxStream stream) {
        if (!stream.acknowledged()) {
            stream.onAck();
            opens.settled();
        }
    }

    /** A stream has ended. */
    void remove(YamuxStream stream, boolean sessionOpen) {
        if (streams.remove(stream.id()) == null) {
            return;
        }
        count = streams.size();
        if (!isOurs(stream.id())) {
            inbound--;
        } else if (!stream.acknowledged() && sessionOpen) {
            opens.settled();
        }
    }

    /** The session is over: so are all streams, and what waits to be opened. */
    void fail(NetworkException reason) {
        List<YamuxStream> failed = new ArrayList<>(streams.values());
        List<CompletableFuture<YamuxStream>> waiting = opens.drain();
        failed.forEach(stream -> stream.onClosed(reason));
        waiting.forEach(open -> open.completeExceptionally(reason));
    }

    private boolean isOurs(int id) {
        return (id & 1) != 0 == dialer;
    }
}
