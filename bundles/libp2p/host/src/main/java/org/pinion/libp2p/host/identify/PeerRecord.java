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
package org.pinion.libp2p.host.identify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.ipld.multiformats.Varint;
import org.pinion.libp2p.api.Identity;

/**
 * The addresses of a peer, signed by it.
 *
 * @param peer whose addresses they are
 * @param seq grows with every new record; Unix nanoseconds
 * @param addresses without {@code /p2p}
 * @spec libp2p RFC 0002 "signed envelopes", RFC 0003 "routing records"
 */
public record PeerRecord(PeerId peer, long seq, List<Multiaddr> addresses) {
    private static final byte[] DOMAIN = "libp2p-peer-record".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PAYLOAD_TYPE = {0x03, 0x01};
    private static final int MAX_ADDRESSES = 128;

    public PeerRecord {
        addresses = List.copyOf(addresses);
    }

    /** The signed envelope. */
    public byte[] seal(Identity identity) {
        byte[] payload = encode();
        byte[] signature = identity.sign(signed(PAYLOAD_TYPE, payload));
        return Proto.write(out -> {
            out.writeByteArray(1, identity.publicKey().marshal());
            out.writeByteArray(2, PAYLOAD_TYPE);
            out.writeByteArray(3, payload);
            out.writeByteArray(5, signature);
        });
    }

    /**
     * Opens an envelope and checks its signature.
     *
     * @throws IOException if the envelope is malformed, is no peer record, or its signature is bad, or was made with
     *     another key than that of the peer in it
     */
    public static PeerRecord open(byte[] envelope) throws IOException {
        byte[][] fields = new byte[6][0];
        Proto.read(envelope, (tag, in) -> {
            int field = tag >>> 3;
            if (field < fields.length && tag == Proto.bytes(field)) {
                fields[field] = in.readByteArray();
            } else {
                in.skipField(tag);
            }
        });
        byte[] type = fields[2];
        byte[] payload = fields[3];
        if (type.length != 2 || type[0] != PAYLOAD_TYPE[0] || type[1] != PAYLOAD_TYPE[1]) {
            throw new IOException("the envelope holds no peer record");
        }
        PublicKey key;
        boolean good;
        try {
            key = PublicKey.unmarshal(fields[1]);
            good = key.verify(signed(type, payload), fields[5]);
        } catch (IllegalArgumentException e) {
            throw new IOException("the envelope's key is unusable: " + e.getMessage(), e);
        }
        if (!good) {
            throw new IOException("the signature of the peer record is bad");
        }
        PeerRecord peerRecord = decode(payload);
        if (!peerRecord.peer().equals(PeerId.of(key))) {
            throw new IOException("the record of " + peerRecord.peer() + " is signed by another peer");
        }
        return peerRecord;
    }

    private byte[] encode() {
        return Proto.write(out -> {
            out.writeByteArray(1, peer.bytes());
            out.writeUInt64(2, seq);
            for (Multiaddr address : addresses) {
                out.writeByteArray(3, Proto.write(inner -> inner.writeByteArray(1, address.bytes())));
            }
        });
    }

    private static PeerRecord decode(byte[] payload) throws IOException {
        byte[][] peer = {new byte[0]};
        long[] seq = {0};
        List<byte[]> addresses = new ArrayList<>();
        Proto.read(payload, (tag, in) -> {
            if (tag == Proto.bytes(1)) {
                peer[0] = in.readByteArray();
            } else if (tag == Proto.varint(2)) {
                seq[0] = in.readUInt64();
            } else if (tag == Proto.bytes(3)) {
                Proto.read(in.readByteArray(), (innerTag, inner) -> {
                    if (innerTag == Proto.bytes(1)) {
                        addresses.add(inner.readByteArray());
                    } else {
                        inner.skipField(innerTag);
                    }
                });
            } else {
                in.skipField(tag);
            }
        });
        try {
            return new PeerRecord(
                    PeerId.ofBytes(peer[0]), seq[0], IdentifyMessage.parseAddresses(addresses, MAX_ADDRESSES));
        } catch (IllegalArgumentException e) {
            throw new IOException("malformed peer record: " + e.getMessage(), e);
        }
    }

    private static byte[] signed(byte[] type, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(DOMAIN.length + type.length + payload.length + 16);
        for (byte[] part : List.of(DOMAIN, type, payload)) {
            Varint.write(part.length, out);
            out.put(part);
        }
        byte[] all = new byte[out.flip().remaining()];
        out.get(all);
        return all;
    }
}
