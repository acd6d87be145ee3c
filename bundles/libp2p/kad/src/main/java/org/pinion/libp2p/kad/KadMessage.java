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
package org.pinion.libp2p.kad;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * A question or an answer. Byte arrays belong to the message and are not changed.
 *
 * @param kind what it is about
 * @param key what is looked for; empty when there is none
 * @param value a stored value
 * @param closer peers nearer to the key
 * @param providers peers that have what is looked for
 * @param level a field without use; live peers write 1
 */
record KadMessage(Kind kind, byte[] key, @Nullable Value value, List<Peer> closer, List<Peer> providers, int level) {
    /** What live peers write into the level. */
    static final int USUAL_LEVEL = 1;

    private static final byte[] NO_KEY = {};

    /** Kinds; the order is that of the numbers on the wire. */
    enum Kind {
        /** Store a value. */
        PUT_VALUE,
        /** Give a value, or peers nearer to it. */
        GET_VALUE,
        /** The sender has this. */
        ADD_PROVIDER,
        /** Who has this, or who is nearer to it? */
        GET_PROVIDERS,
        /** Who is near to this? */
        FIND_NODE,
        /** Are you there? */
        PING
    }

    /** How the sender of a peer is connected to it; the order is that of the numbers on the wire. */
    enum Link {
        /** Not connected. */
        NOT_CONNECTED,
        /** Connected. */
        CONNECTED,
        /** Could connect. */
        CAN_CONNECT,
        /** Could not connect. */
        CANNOT_CONNECT
    }

    /**
     * A peer in a message.
     *
     * @param id the peer
     * @param addresses where it is said to be
     * @param link how the sender is connected to it
     */
    record Peer(PeerId id, List<Multiaddr> addresses, Link link) {
        Peer {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * A stored value.
     *
     * @param key under which it is stored
     * @param value its bytes
     * @param received when it was stored, RFC 3339; empty when it is sent to be stored
     */
    record Value(byte[] key, byte[] value, String received) {}

    KadMessage {
        closer = List.copyOf(closer);
        providers = List.copyOf(providers);
    }

    /** Asks for the peers nearest to a key. */
    static KadMessage findNode(byte[] key) {
        return new KadMessage(Kind.FIND_NODE, key, null, List.of(), List.of(), USUAL_LEVEL);
    }

    /** The answer to this question, as live peers form it: without the key when that was a peer. */
    KadMessage answer(@Nullable Value found, List<Peer> nearer, List<Peer> having) {
        return new KadMessage(
                kind, kind == Kind.FIND_NODE ? NO_KEY : key, found, nearer, having, Math.max(level, USUAL_LEVEL));
    }
}
