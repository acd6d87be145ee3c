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
package org.pinion.itests.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Numbered pins: CIDv1, raw, sha2-256 of the eight bytes of the number. */
final class Pins {
    private Pins() {}

    /** The CID of a number in base 16. */
    static String cid(int number) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(ByteBuffer.allocate(8).putLong(number).array());
            return "f01551220" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Writes the lines of a state export with that many pins, allocated to a peer that does not exist. */
    static void writeExport(OutputStream target, int count) throws IOException {
        OutputStream out = new BufferedOutputStream(target, 1 << 16);
        for (int i = 0; i < count; i++) {
            String line = "{\"replication_factor_min\":1,\"replication_factor_max\":1,\"name\":\"pin " + i
                    + "\",\"mode\":\"recursive\",\"shard_size\":0,\"user_allocations\":null,"
                    + "\"expire_at\":\"0001-01-01T00:00:00Z\",\"metadata\":null,\"pin_update\":null,\"origins\":[],"
                    + "\"cid\":\"" + cid(i) + "\",\"type\":\"pin\","
                    + "\"allocations\":[\"12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5\"],"
                    + "\"max_depth\":-1,\"reference\":null,\"timestamp\":\"2023-11-14T22:13:20Z\"}\n";
            out.write(line.getBytes(StandardCharsets.UTF_8));
        }
        out.flush();
    }
}
