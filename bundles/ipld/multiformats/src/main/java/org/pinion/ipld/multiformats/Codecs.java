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
package org.pinion.ipld.multiformats;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Names of the content codecs that a CID can have, from the multicodec table. Stateless; any thread.
 *
 * <p>Specification: multiformats "multicodec", tag ipld.
 */
public final class Codecs {
    private static final Map<String, Long> BY_NAME = new HashMap<>();
    private static final Map<Long, String> BY_CODE = new HashMap<>();

    static {
        add("cbor", 0x51);
        add("raw", Cid.RAW);
        add("dag-pb", Cid.DAG_PB);
        add("dag-cbor", Cid.DAG_CBOR);
        add("libp2p-key", Cid.LIBP2P_KEY);
        add("git-raw", 0x78);
        add("torrent-info", 0x7b);
        add("torrent-file", 0x7c);
        add("dag-jose", 0x85);
        add("dag-cose", 0x86);
        add("dag-json", 0x0129);
        add("json", 0x0200);
    }

    private Codecs() {}

    /** The name of a codec, if it is known. */
    public static Optional<String> name(long code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }

    /** The code of a codec name, if it is known. */
    public static Optional<Long> code(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    private static void add(String name, long code) {
        BY_NAME.put(name, code);
        BY_CODE.put(code, name);
    }
}
