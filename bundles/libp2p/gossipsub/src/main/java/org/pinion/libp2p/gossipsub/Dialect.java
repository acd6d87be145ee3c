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

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Protocols of publish-subscribe, best last. */
enum Dialect {
    /** Messages to all subscribers, no control messages. */
    FLOOD("/floodsub/1.0.0"),
    /** Mesh and gossip. */
    MESH_1_0("/meshsub/1.0.0"),
    /** Back-off and peer exchange. */
    MESH_1_1("/meshsub/1.1.0"),
    /** Says which messages are not wanted. */
    MESH_1_2("/meshsub/1.2.0"),
    /** Peers tell which extensions they have; we have none, and so say nothing, as the reference. */
    MESH_1_3("/meshsub/1.3.0");

    /** The ids, best first, as they are proposed. */
    static final List<String> PROTOCOLS =
            List.of(MESH_1_3.protocol, MESH_1_2.protocol, MESH_1_1.protocol, MESH_1_0.protocol, FLOOD.protocol);

    private final String protocol;

    Dialect(String protocol) {
        this.protocol = protocol;
    }

    /** The dialect of a negotiated protocol id. */
    static Dialect of(String protocol) {
        return Arrays.stream(values())
                .filter(dialect -> dialect.protocol.equals(protocol))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not a pubsub protocol: " + protocol));
    }

    /** Whether one of the ids is ours. */
    static boolean spokenBy(Collection<String> protocols) {
        return PROTOCOLS.stream().anyMatch(protocols::contains);
    }

    boolean atLeast(Dialect other) {
        return compareTo(other) >= 0;
    }
}
