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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.config.ConfigFiles;

/** The peer's files for programs without a framework. */
public final class PeerFiles implements ConfigFiles {
    private static final String DAEMON = "pinion.daemon";

    /** For {@code ServiceLoader}. */
    public PeerFiles() {}

    @Override
    public InitResult init(Path folder, InitOptions options) throws IOException {
        return new NewFiles(folder, options).whole();
    }

    @Override
    public InitResult initFromSource(Path folder, String url, InitOptions options) throws IOException {
        return new NewFiles(folder, options).source(url);
    }

    @Override
    public Reading read(Path folder, Map<String, String> environment, Map<String, String> flags) throws IOException {
        DaemonFlags daemon;
        try {
            daemon = DaemonFlags.of(flags::get);
        } catch (IllegalArgumentException e) {
            return new Reading(List.of(Loaded.text(e)), List.of(), List.of(), Optional.empty());
        }
        Loaded loaded = Loaded.of(folder, environment);
        Selection selection = Selection.of(loaded, daemon);
        List<String> notes = new ArrayList<>(loaded.notes());
        Identity identity = loaded.identity();
        if (identity != null && loaded.faults().isEmpty() && Identity.isMissing(loaded.folder())) {
            Path file = loaded.folder().resolve(Identity.FILE);
            Disk.writeSecret(file, identity.toFile());
            notes.add("NOTICE: identity information extracted from " + loaded.origin() + " and saved as " + file + ".");
        }
        if (flags.containsKey(DAEMON) && loaded.faults().isEmpty() && loaded.has("consensus.crdt")) {
            ForeignData.look(loaded, selection, daemon, notes);
        }
        return new Reading(loaded.faults(), notes, selection.listeners(), selection.store());
    }

    @Override
    public List<String> check(Path folder, Map<String, String> environment) throws IOException {
        Loaded loaded = Loaded.of(folder, environment);
        Selection.of(loaded, DaemonFlags.NONE);
        return List.copyOf(loaded.faults());
    }

    @Override
    public PeerId identity(Path folder, Map<String, String> environment) throws IOException {
        Path root = folder.toAbsolutePath().normalize();
        try {
            Map<String, ?> service =
                    Identity.isMissing(root) ? ServiceFile.read(root).json() : Map.of();
            return Identity.load(root, environment, service).id();
        } catch (IllegalArgumentException e) {
            throw new ClusterException(ErrorCode.BAD_REQUEST, "loading configurations: " + Loaded.text(e), e);
        }
    }
}
