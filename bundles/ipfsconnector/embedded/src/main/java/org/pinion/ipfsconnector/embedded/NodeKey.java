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
package org.pinion.ipfsconnector.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** The node's own key, made once and kept in a file that only its owner can read. */
final class NodeKey {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private NodeKey() {}

    /**
     * Reads the key, or makes one.
     *
     * @throws ClusterException {@code STORAGE} if the file cannot be read, written or understood
     */
    static PrivateKey at(Path file) {
        try {
            if (Files.exists(file)) {
                return PrivateKey.unmarshal(Files.readAllBytes(file));
            }
            PrivateKey key = PrivateKey.generate(KeyType.ED25519);
            Files.createDirectories(file.toAbsolutePath().getParent());
            write(file, key.marshal());
            return key;
        } catch (IOException e) {
            throw new ClusterException(ErrorCode.STORAGE, "cannot keep the IPFS node's key in " + file + ": " + e, e);
        } catch (IllegalArgumentException e) {
            throw new ClusterException(
                    ErrorCode.STORAGE,
                    "the IPFS node's key in " + file + " is damaged (" + e.getMessage()
                            + "); remove the file to get a new identity",
                    e);
        }
    }

    private static void write(Path file, byte[] key) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel out = FileChannel.open(fresh, options, OWNER_ONLY)) {
            ByteBuffer bytes = ByteBuffer.wrap(key);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
