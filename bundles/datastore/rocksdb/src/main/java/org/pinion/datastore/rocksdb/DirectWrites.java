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
package org.pinion.datastore.rocksdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether files of a folder can be written past the system's page cache. Some file systems refuse that, and
 * the engine has no way back from it.
 */
final class DirectWrites {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.datastore.rocksdb");

    private static final byte[] ROW = {0};

    private DirectWrites() {}

    /** Writes a file of the engine in that way and removes it again; the native library must be loaded. */
    static boolean work(Path folder) {
        Path probe = folder.resolve("direct.probe");
        try (EnvOptions direct = new EnvOptions().setUseDirectWrites(true);
                Options options = new Options();
                SstFileWriter writer = new SstFileWriter(direct, options)) {
            writer.open(probe.toString());
            writer.put(ROW, ROW);
            writer.finish();
            return true;
        } catch (RocksDBException refused) {
            log.debug("files in {} are written through the page cache: {}", folder, refused.getMessage());
            return false;
        } finally {
            delete(probe);
        }
    }

    private static void delete(Path probe) {
        try {
            Files.deleteIfExists(probe);
        } catch (IOException e) {
            log.debug("{} is left: {}", probe, e.toString());
        }
    }
}
