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
package org.pinion.libp2p.gossipsub;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.ipld.multiformats.Varint;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.gossipsub.Rpc.OtherPeer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to peers that another peer named when it took us out of its mesh. Addresses are believed only from a record
 * that the named peer signed itself. Used inside the loop, completions too.
 *
 * @spec gossipsub 1.1 "Peer Exchange", libp2p RFC 0002 and 0003
 */
final class PeerExchange {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.gossipsub");
    private static final byte[] DOMAIN = "libp2p-peer-record".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PAYLOAD_TYPE = {0x03, 0x01};
    private static final int MAX_ADDRESSES = 64;
    private static final int MAX_DIALS = 32;

    private final Host host;
    private final Loop loop;
    private final Set<PeerId> dialing = new HashSet<>();

    PeerExchange(Host host, Loop loop) {
        this.host = host;
        this.loop = loop;
    }

    void connect(List<OtherPeer> peers) {
        Set<PeerId> connected = new HashSet<>();
        host.connections().forEach(connection -> connected.add(connection.remotePeer()));
        for (OtherPeer other : peers) {
            try {
                PeerId peer = PeerId.ofBytes(other.id());
                if (!peer.equals(host.id()) && !connected.contains(peer) && dialing.size() < MAX_DIALS) {
                    byte[] envelope = other.signedRecord();
                    dial(peer, envelope == null ? List.of() : addresses(peer, envelope));
                }
            } catch (IllegalArgumentException | IOException e) {
                log.debug("unusable entry in peer exchange: {}", e.getMessage());
            }
        }
    }

    private void dial(PeerId peer, List<Multiaddr> addresses) {
        if (dialing.add(peer)) {
            host.connect(peer, addresses)
                    .whenComplete((connection, error) -> loop.execute(() -> {
                        dialing.remove(peer);
                        if (error != null) {
                            log.debug("peer {} named by peer exchange is out of reach: {}", peer, error.getMessage());
                        }
                    }));
        }
    }

    /** The addresses in a signed record of {@code peer}; those that cannot be parsed are left out. */
    static List<Multiaddr> addresses(PeerId peer, byte[] envelope) throws IOException {
        byte[][] fields = fields(envelope, 5);
        byte[] type = fields[2];
        byte[] payload = fields[3];
        PublicKey key = PublicKey.unmarshal(fields[1]);
        if (!Arrays.equals(type, PAYLOAD_TYPE)
                || !peer.matches(key)
                || !key.verify(signed(type, payload), fields[5])
                || !Arrays.equals(fields(payload, 1)[1], peer.bytes())) {
            throw new IOException("the record of " + peer + " is no peer record signed by it");
        }
        List<Multiaddr> addresses = new ArrayList<>();
        CodedInputStream in = CodedInputStream.newInstance(payload);
        for (int tag = in.readTag(); tag != 0 && addresses.size() < MAX_ADDRESSES; tag = in.readTag()) {
            if (tag != (3 << 3 | 2)) {
                in.skipField(tag);
                continue;
            }
            try {
                addresses.add(Multiaddr.ofBytes(fields(in.readByteArray(), 1)[1]));
            } catch (IllegalArgumentException e) {
                log.trace("address of {} is left out: {}", peer, e.getMessage());
            }
        }
        return addresses;
    }

    /** The bytes fields with the numbers 1 to {@code last}; empty arrays where absent. */
    private static byte[][] fields(byte[] message, int last) throws IOException {
        byte[][] fields = new byte[last + 1][0];
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = tag >>> 3;
            if (field <= last && (tag & 7) == 2) {
                fields[field] = in.readByteArray();
            } else {
                in.skipField(tag);
            }
        }
        return fields;
    }

    private static byte[] signed(byte[] type, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(DOMAIN.length + type.length + payload.length + 15);
        for (byte[] part : List.of(DOMAIN, type, payload)) {
            Varint.write(part.length, out);
            out.put(part);
        }
        return Arrays.copyOf(out.array(), out.position());
    }
}
