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
package org.pinion.cli.service;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Karaf's cache of bundles: of a peer, and the one that the training run left beside the class archive, with all
 * features resolved and installed, from which a new peer gets its first.
 *
 * <p>Jars and native libraries are written once and replaced as whole files, so that peers share them by hard links
 * where the file system can; everything else is copied, as the framework writes into it.
 */
final class BundleCache {
    private static final List<String> SHARED = List.of(".jar", ".so", ".jnilib", ".dll");
    private static final String LOCK = "cache.lock";

    private BundleCache() {}

    /**
     * Copies a whole cache.
     *
     * @param from a cache that no framework is using
     * @param to a folder that does not exist
     * @throws IOException if something cannot be read or written; what is there then is half a cache
     */
    static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = String.valueOf(file.getFileName());
                if (!name.equals(LOCK)) {
                    put(
                            file,
                            to.resolve(from.relativize(file).toString()),
                            SHARED.stream().anyMatch(name::endsWith));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void put(Path file, Path target, boolean shared) throws IOException {
        if (shared) {
            try {
                Files.createLink(target, file);
                return;
            } catch (IOException | UnsupportedOperationException otherFileSystem) {
                // a copy does as well
            }
        }
        Files.copy(file, target);
    }

    /** Deletes a cache, whole or half; nothing happens if there is none. */
    static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
