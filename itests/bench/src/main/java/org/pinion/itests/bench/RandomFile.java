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

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** Files of bytes that nothing can compress. */
final class RandomFile {
    private static final int MEGABYTE = 1 << 20;

    private RandomFile() {}

    /** Makes a file; it is on disk when this returns, so that its writing is no part of what is measured. */
    static Path make(Path file, int megabytes, long seed) throws IOException {
        byte[] block = new byte[MEGABYTE];
        Random random = new Random(seed);
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            for (int i = 0; i < megabytes; i++) {
                random.nextBytes(block);
                out.write(block);
            }
            out.getFD().sync();
        }
        return file;
    }
}
