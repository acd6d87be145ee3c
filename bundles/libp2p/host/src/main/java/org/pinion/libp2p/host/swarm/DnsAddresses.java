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
package org.pinion.libp2p.host.swarm;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Finds what is behind {@code /dnsaddr} addresses. Names may lead to other names; the number of lookups and of results
 * is bounded, and a circle ends. Blocks.
 *
 * @spec multiaddr "dnsaddr"
 */
final class DnsAddresses {
    private static final String PREFIX = "dnsaddr=";
    private static final int MAX_LOOKUPS = 8;
    private static final int MAX_ADDRESSES = 64;
    private static final int MAX_TEXT = 1024;

    private final TxtRecords records;

    DnsAddresses(TxtRecords records) {
        this.records = records;
    }

    /** True for addresses that this class has to look up. */
    static boolean isDnsAddress(Multiaddr address) {
        return address.has("dnsaddr") && address.withoutPeerId().components().size() == 1;
    }

    /**
     * The addresses behind one; if it names a peer, only those of that peer.
     *
     * @throws IOException if there are none; the message says why
     */
    List<Multiaddr> expand(Multiaddr address) throws IOException {
        Optional<PeerId> peer = address.peerId();
        Set<Multiaddr> found = new LinkedHashSet<>();
        Set<String> seen = new HashSet<>();
        Deque<String> names = new ArrayDeque<>();
        names.add(name(address));
        IOException failure = null;
        while (!names.isEmpty() && seen.size() < MAX_LOOKUPS) {
            String name = names.remove();
            if (!seen.add(name)) {
                continue;
            }
            try {
                for (String text : records.of("_dnsaddr." + name)) {
                    take(text, peer, found, names);
                }
            } catch (IOException e) {
                failure = e;
            }
        }
        if (found.isEmpty()) {
            throw new IOException(
                    failure == null
                            ? "no address" + peer.map(id -> " of " + id).orElse("") + " in the TXT records of _dnsaddr."
                                    + name(address)
                            : "cannot look up _dnsaddr." + name(address) + ": " + failure.getMessage(),
                    failure);
        }
        return List.copyOf(found);
    }

    private static String name(Multiaddr address) {
        return address.value("dnsaddr").orElseThrow();
    }

    private static void take(String text, Optional<PeerId> peer, Set<Multiaddr> found, Deque<String> names) {
        Multiaddr address = parse(text);
        if (address == null || found.size() >= MAX_ADDRESSES) {
            return;
        }
        if (peer.isPresent() && !peer.equals(address.peerId())) {
            return;
        }
        if (!isDnsAddress(address)) {
            found.add(address);
        } else if (names.size() < MAX_LOOKUPS) {
            names.add(name(address));
        }
    }

    /** Unreadable records are skipped: others put what they like beside ours. */
    private static @Nullable Multiaddr parse(String text) {
        String bare = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
        if (!bare.startsWith(PREFIX) || bare.length() > MAX_TEXT) {
            return null;
        }
        try {
            return Multiaddr.parse(bare.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
