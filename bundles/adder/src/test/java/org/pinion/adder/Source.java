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
package org.pinion.adder;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import org.pinion.spi.adder.AddSource;

/** Entries that were listed before. */
final class Source implements AddSource {
    private final Queue<Entry> entries = new ArrayDeque<>();

    Source file(String path, byte[] content) {
        return file(path, new ByteArrayInputStream(content));
    }

    Source file(String path, InputStream content) {
        entries.add(new Entry(path, Kind.FILE, content, Optional.empty()));
        return this;
    }

    Source text(String path, String content) {
        return file(path, content.getBytes(StandardCharsets.UTF_8));
    }

    Source folder(String path) {
        entries.add(new Entry(path, Kind.FOLDER, InputStream.nullInputStream(), Optional.empty()));
        return this;
    }

    Source link(String path, String target) {
        InputStream content = new ByteArrayInputStream(target.getBytes(StandardCharsets.UTF_8));
        entries.add(new Entry(path, Kind.LINK, content, Optional.empty()));
        return this;
    }

    @Override
    public Entry next() {
        return entries.poll();
    }

    /** The content that recorded CIDs were made of: SHA-256 of seed and counter, one after another. */
    static byte[] content(String seed, int size) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer content = ByteBuffer.allocate(size + 31 & ~31);
            for (long counter = 0; content.hasRemaining(); counter++) {
                digest.update(seed.getBytes(StandardCharsets.UTF_8));
                content.put(digest.digest(
                        ByteBuffer.allocate(Long.BYTES).putLong(counter).array()));
            }
            return Arrays.copyOf(content.array(), size);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
