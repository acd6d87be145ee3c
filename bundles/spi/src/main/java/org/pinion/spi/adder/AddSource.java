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
package org.pinion.spi.adder;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** Files and folders to add, in order; a folder comes before what is in it. One thread. */
@ConsumerType
public interface AddSource {
    /** The next entry, or null at the end. The content of the one before is skipped if it was not read. */
    @Nullable
    Entry next() throws IOException;

    /**
     * One entry.
     *
     * @param path relative path with {@code /}, without {@code .} and {@code ..}; a plain name for a single file; may be
     *     empty for unnamed content
     * @param kind what it is
     * @param content the file's bytes, or the target of a link; empty for folders
     * @param absolutePath the client's own path where it gave one
     */
    record Entry(String path, Kind kind, InputStream content, Optional<String> absolutePath) {}

    /** What an entry is. */
    enum Kind {
        /** A file. */
        FILE,
        /** A folder. */
        FOLDER,
        /** A symbolic link. */
        LINK
    }
}
