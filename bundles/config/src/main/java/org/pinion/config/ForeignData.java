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
package org.pinion.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pinion.spi.config.ConfigFiles.Store;

/**
 * Looks for data of the reference in a folder where we have none. It is never opened. A peer that joins others gets the pin
 * set from them; one that is alone would start empty without a word, so it is refused.
 */
final class ForeignData {
    private ForeignData() {}

    static void look(Loaded loaded, Selection selection, DaemonFlags flags, List<String> notes) throws IOException {
        Store store = selection.store().orElse(null);
        if (store == null
                || !DatastoreSections.REFERENCE.contains(store.section())
                || hasFiles(store.folder().resolve(store.factory()))) {
            return;
        }
        String folder = loaded.values("datastore." + store.section()).text("folder");
        Path theirs = loaded.folder().resolve(folder.isEmpty() ? store.section() : folder);
        if (!hasFiles(theirs)) {
            return;
        }
        if (isAlone(loaded, flags)) {
            loaded.faults()
                    .add(theirs + " holds the pins of a Go peer, which cannot be read here: export them with its own"
                            + " \"ipfs-cluster-service state export\" and import them here with"
                            + " \"ipfs-cluster-service state import\", or join its cluster with --bootstrap");
        } else {
            notes.add(
                    "NOTICE: " + theirs + " holds the pins of a Go peer and stays as it is: this peer starts empty and"
                            + " fetches the pins from the cluster.");
        }
    }

    private static boolean isAlone(Loaded loaded, DaemonFlags flags) throws IOException {
        Values cluster = loaded.values("cluster");
        Path peerstore = loaded.folder().resolve(SettingsReader.peerstore(cluster));
        boolean knows = Files.isRegularFile(peerstore)
                && Files.readAllLines(peerstore).stream().anyMatch(line -> line.startsWith("/"));
        return !knows
                && flags.bootstrap().isEmpty()
                && cluster.texts("peer_addresses").isEmpty();
    }

    private static boolean hasFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            return files.iterator().hasNext();
        }
    }
}
