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

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Versions of bitswap, oldest first. */
enum Dialect {
    /** As 1.0.0, before versions had names. */
    UNNAMED("/ipfs/bitswap"),
    /** Blocks without their prefix: they can only be SHA-256, CID version 0. */
    V1_0("/ipfs/bitswap/1.0.0"),
    /** Blocks with their prefix. */
    V1_1("/ipfs/bitswap/1.1.0"),
    /** Have and don't-have. */
    V1_2("/ipfs/bitswap/1.2.0");

    /** The ids, best first, as they are proposed. */
    static final List<String> PROTOCOLS = List.of(V1_2.protocol, V1_1.protocol, V1_0.protocol, UNNAMED.protocol);

    private final String protocol;

    Dialect(String protocol) {
        this.protocol = protocol;
    }

    /** The dialect of a negotiated protocol id. */
    static Dialect of(String protocol) {
        return Arrays.stream(values())
                .filter(dialect -> dialect.protocol.equals(protocol))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not a bitswap protocol: " + protocol));
    }

    /** Whether one of the ids is ours. */
    static boolean spokenBy(Collection<String> protocols) {
        return PROTOCOLS.stream().anyMatch(protocols::contains);
    }

    /** Whether one of the ids is that of a version with have and don't-have. */
    static boolean presencesSpokenBy(Collection<String> protocols) {
        return protocols.contains(V1_2.protocol);
    }

    boolean presences() {
        return this == V1_2;
    }

    boolean prefixes() {
        return compareTo(V1_1) >= 0;
    }
}
