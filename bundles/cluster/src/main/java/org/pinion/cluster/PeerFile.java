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
package org.pinion.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peerstore file: an address a line. It is replaced as a whole, so that a crash leaves the old one or the new one,
 * and keeps its permissions. Not for several threads.
 *
 * @spec service "Peerstore file"
 */
final class PeerFile {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final long MAX_BYTES = 16 << 20;

    private final Path file;
    private @Nullable String saved;

    PeerFile(Path file) {
        this.file = file;
    }

    /** The lines; none when the file is not there or cannot be read, which is logged. */
    List<String> read() {
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                LOG.error("peerstore {} has {} bytes, limit {}: its peers are not used", file, size, MAX_BYTES);
                return List.of();
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            saved = text;
            return text.lines().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            LOG.error("peerstore {} cannot be read, its peers are not used: {}", file, e.toString());
            return List.of();
        }
    }

    /** Writes these lines, unless there are none or they are there already; a failure is logged. */
    void write(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        String now = text.toString();
        if (now.isEmpty() || now.equals(saved)) {
            return;
        }
        try {
            replace(now);
            saved = now;
        } catch (IOException e) {
            LOG.warn("peerstore {} cannot be written: {}", file, e.toString());
        }
    }

    private void replace(String text) throws IOException {
        // a link leads to where an operator wants the file
        Path target = Files.exists(file) ? file.toRealPath() : file;
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.writeString(part, text, StandardCharsets.UTF_8);
            keepPermissions(target, part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            // a file that is mounted by itself, or whose folder is not ours, can only be written in place
            if (!Files.isWritable(target)) {
                throw e;
            }
            Files.writeString(target, text, StandardCharsets.UTF_8);
        }
    }

    private static void keepPermissions(Path from, Path to) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(from);
            Files.setPosixFilePermissions(to, permissions);
        } catch (UnsupportedOperationException e) {
            LOG.debug("this file system has no permissions to keep: {}", e.toString());
        }
    }
}
