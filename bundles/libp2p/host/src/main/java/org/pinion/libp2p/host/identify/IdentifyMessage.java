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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;

/**
 * What a peer tells about itself.
 *
 * @param publicKey the marshalled identity key; empty when absent
 * @param listenAddresses where it listens; unreadable ones were skipped
 * @param protocols what it serves
 * @param observedAddress the address at which it sees us; null when absent or unreadable
 * @param protocolVersion free text; null when absent
 * @param agentVersion free text; null when absent
 * @param signedPeerRecord an envelope; empty when absent
 * @spec libp2p "identify" 1.0.0
 */
@SuppressWarnings("ArrayRecordComponent")
public record IdentifyMessage(
        byte[] publicKey,
        List<Multiaddr> listenAddresses,
        List<String> protocols,
        @Nullable Multiaddr observedAddress,
        @Nullable String protocolVersion,
        @Nullable String agentVersion,
        byte[] signedPeerRecord) {
    /** Addresses taken from one peer. */
    static final int MAX_ADDRESSES = 128;
    /** Protocols taken from one peer. */
    static final int MAX_PROTOCOLS = 512;
    /** Longest protocol id that is taken, in characters. */
    static final int MAX_PROTOCOL_LENGTH = 256;

    public IdentifyMessage {
        listenAddresses = List.copyOf(listenAddresses);
        protocols = List.copyOf(protocols);
    }

    /** The protobuf message. */
    public byte[] encode() {
        return Proto.write(out -> {
            if (publicKey.length > 0) {
                out.writeByteArray(1, publicKey);
            }
            for (Multiaddr address : listenAddresses) {
                out.writeByteArray(2, address.bytes());
            }
            for (String protocol : protocols) {
                out.writeString(3, protocol);
            }
            if (observedAddress != null) {
                out.writeByteArray(4, observedAddress.bytes());
            }
            if (protocolVersion != null) {
                out.writeString(5, protocolVersion);
            }
            if (agentVersion != null) {
                out.writeString(6, agentVersion);
            }
            if (signedPeerRecord.length > 0) {
                out.writeByteArray(8, signedPeerRecord);
            }
        });
    }

    /**
     * Reads a message; entries beyond the limits, unreadable addresses and unknown fields are skipped.
     *
     * @throws IOException if it is malformed
     */
    public static IdentifyMessage decode(byte[] message) throws IOException {
        byte[][] bytes = new byte[9][0];
        String[] texts = new String[7];
        List<byte[]> addresses = new ArrayList<>();
        List<String> protocols = new ArrayList<>();
        Proto.read(message, (tag, in) -> {
            int field = tag >>> 3;
            if (field > 8 || tag != Proto.bytes(field)) {
                in.skipField(tag);
                return;
            }
            switch (field) {
                case 2 -> addresses.add(in.readByteArray());
                case 3 -> protocols.add(in.readString());
                case 5, 6 -> texts[field] = in.readString();
                default -> bytes[field] = in.readByteArray();
            }
        });
        protocols.removeIf(protocol -> protocol.isEmpty() || protocol.length() > MAX_PROTOCOL_LENGTH);
        List<Multiaddr> observed = parseAddresses(List.of(bytes[4]), 1);
        return new IdentifyMessage(
                bytes[1],
                parseAddresses(addresses, MAX_ADDRESSES),
                protocols.subList(0, Math.min(MAX_PROTOCOLS, protocols.size())),
                observed.isEmpty() ? null : observed.get(0),
                texts[5],
                texts[6],
                bytes[8]);
    }

    /** This message completed by a later one: lists add up, single values of the later one win. */
    public IdentifyMessage merge(IdentifyMessage later) {
        return new IdentifyMessage(
                later.publicKey.length > 0 ? later.publicKey : publicKey,
                concat(listenAddresses, later.listenAddresses, MAX_ADDRESSES),
                concat(protocols, later.protocols, MAX_PROTOCOLS),
                later.observedAddress != null ? later.observedAddress : observedAddress,
                later.protocolVersion != null ? later.protocolVersion : protocolVersion,
                later.agentVersion != null ? later.agentVersion : agentVersion,
                later.signedPeerRecord.length > 0 ? later.signedPeerRecord : signedPeerRecord);
    }

    private static <T> List<T> concat(List<T> first, List<T> second, int limit) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all.subList(0, Math.min(limit, all.size()));
    }

    /** Reads binary addresses; those that we do not understand are skipped, as every peer does. */
    static List<Multiaddr> parseAddresses(List<byte[]> binary, int limit) {
        List<Multiaddr> addresses = new ArrayList<>();
        for (byte[] bytes : binary) {
            if (addresses.size() == limit) {
                break;
            }
            if (bytes.length == 0) {
                continue;
            }
            try {
                addresses.add(Multiaddr.ofBytes(bytes));
            } catch (IllegalArgumentException e) {
                continue;
            }
        }
        return addresses;
    }
}
