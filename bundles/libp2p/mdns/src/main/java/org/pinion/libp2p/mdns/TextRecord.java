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
package org.pinion.libp2p.mdns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PeerAddresses;

/**
 * The text record of a peer: one entry {@code dnsaddr=<multiaddr>/p2p/<id>} per address, each with its length before it.
 *
 * <pre>
 *   record = *( length(1) "dnsaddr=" multiaddr )
 * </pre>
 *
 * @spec wire-libp2p "mDNS"
 */
final class TextRecord {
    private static final String PREFIX = "dnsaddr=";
    private static final int MAX_ENTRY = 255;
    private static final int MAX_RECORD = 1200;
    private static final int MAX_ADDRESSES = 64;
    private static final Set<String> NAMES = Set.of("dns", "dns4", "dns6", "dnsaddr");
    private static final Set<String> UNSUITABLE =
            Set.of("p2p-circuit", "ws", "wss", "webtransport", "webrtc", "webrtc-direct");

    private TextRecord() {}

    /** The record of a peer; what does not suit, and what does not fit a packet, is left out. Empty if nothing is left. */
    static byte[] of(PeerId id, Collection<Multiaddr> addresses) {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        for (Multiaddr address : addresses) {
            byte[] entry = (PREFIX + address.withPeerId(id)).getBytes(StandardCharsets.UTF_8);
            if (isSuitable(address) && entry.length <= MAX_ENTRY && record.size() + entry.length < MAX_RECORD) {
                record.write(entry.length);
                record.writeBytes(entry);
            }
        }
        return record.toByteArray();
    }

    /** The peers that a record tells, others and unreadable entries left out. */
    static List<PeerAddresses> parse(byte[] record) {
        Map<PeerId, Set<Multiaddr>> peers = new LinkedHashMap<>();
        int count = 0;
        int at = 0;
        while (at < record.length && count < MAX_ADDRESSES) {
            int length = record[at] & 0xff;
            if (at + 1 + length > record.length) {
                break;
            }
            Multiaddr address = entry(new String(record, at + 1, length, StandardCharsets.UTF_8));
            if (address != null) {
                count++;
                address.peerId()
                        .ifPresent(peer -> peers.computeIfAbsent(peer, key -> new LinkedHashSet<>())
                                .add(address.withoutPeerId()));
            }
            at += 1 + length;
        }
        List<PeerAddresses> found = new ArrayList<>();
        peers.forEach((peer, addresses) -> found.add(new PeerAddresses(peer, List.copyOf(addresses))));
        return found;
    }

    private static @Nullable Multiaddr entry(String text) {
        if (!text.startsWith(PREFIX)) {
            return null;
        }
        try {
            Multiaddr address = Multiaddr.parse(text.substring(PREFIX.length()));
            return isSuitable(address) ? address : null;
        } catch (IllegalArgumentException e) {
            return null; // anybody may tell anything
        }
    }

    /** Numbers and local names only, and nothing that leads over others. */
    private static boolean isSuitable(Multiaddr address) {
        if (address.isEmpty() || UNSUITABLE.stream().anyMatch(address::has)) {
            return false;
        }
        String first = address.components().get(0).protocol().text();
        if (NAMES.contains(first)) {
            return address.value(first)
                    .filter(name -> name.toLowerCase(Locale.ROOT).endsWith(".local"))
                    .isPresent();
        }
        return first.equals("ip4") || first.equals("ip6");
    }
}
