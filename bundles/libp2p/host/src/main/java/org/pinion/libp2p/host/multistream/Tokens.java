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
package org.pinion.libp2p.host.multistream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.pinion.ipld.multiformats.Varint;

/**
 * Tokens of multistream-select.
 *
 * <pre>
 * | varint length of text and newline | text | 0x0a |
 * </pre>
 *
 * @spec multistream-select 1.0
 */
public final class Tokens {
    /** First token in both directions. */
    public static final String HEADER = "/multistream/1.0.0";
    /** Answer to a proposal that is not served. */
    public static final String NOT_AVAILABLE = "na";
    /** Longest token, newline included, in bytes. */
    public static final int MAX_BYTES = 1024;

    private Tokens() {}

    /**
     * The bytes of some tokens, one after another.
     *
     * @throws IllegalArgumentException if one is longer than {@link #MAX_BYTES} or holds a newline
     */
    public static byte[] encode(String... tokens) {
        byte[][] texts = new byte[tokens.length][];
        int size = 0;
        for (int i = 0; i < tokens.length; i++) {
            texts[i] = (tokens[i] + '\n').getBytes(StandardCharsets.UTF_8);
            if (texts[i].length > MAX_BYTES || tokens[i].indexOf('\n') >= 0) {
                throw new IllegalArgumentException(
                        "protocol id must be shorter than " + MAX_BYTES + " bytes and without newline: " + tokens[i]);
            }
            size += Varint.size(texts[i].length) + texts[i].length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        for (byte[] text : texts) {
            Varint.write(text.length, out);
            out.put(text);
        }
        return out.array();
    }
}
