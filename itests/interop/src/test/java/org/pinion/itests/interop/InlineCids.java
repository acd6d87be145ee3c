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
package org.pinion.itests.interop;

import java.nio.charset.StandardCharsets;

/** CIDs whose content stands in them, so that every IPFS node has it. */
final class InlineCids {
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int RAW = 0x55;

    private InlineCids() {}

    /** The CID of version 1 of a short text: raw, identity multihash, base 32. */
    static String of(String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        byte[] cid = new byte[content.length + 4];
        cid[0] = 1;
        cid[1] = RAW;
        cid[2] = 0;
        cid[3] = (byte) content.length;
        System.arraycopy(content, 0, cid, 4, content.length);
        StringBuilder result = new StringBuilder("b");
        int bits = 0;
        int count = 0;
        for (byte each : cid) {
            bits = (bits << 8) | (each & 0xff);
            for (count += 8; count >= 5; count -= 5) {
                result.append(BASE32.charAt((bits >> (count - 5)) & 31));
            }
        }
        if (count > 0) {
            result.append(BASE32.charAt((bits << (5 - count)) & 31));
        }
        return result.toString();
    }
}
