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
package org.pinion.spi.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The running peer's configuration: what service.json says, with what was changed since. Any thread; calls may block
 * for as long as the components that they change take to follow.
 */
@ProviderType
public interface LiveConfig {
    /**
     * The configuration as service.json would hold it now, as indented JSON; secrets are shown as {@code "***"}.
     *
     * @param section for example {@code cluster} or {@code informer.disk}; empty = everything
     * @throws org.pinion.spi.ClusterException {@code NOT_FOUND} if there is no such section
     */
    String show(String section);

    /** Every key that can be set, as {@code section.key}, sorted; for completion. */
    List<String> keys();

    /**
     * Changes one key in the running peer; service.json stays as it is until {@link #save()}.
     *
     * @param key section and key, for example {@code informer.disk.metric_ttl}
     * @param value as JSON, or as plain text where the key takes a text or a duration
     * @return what was done, one line: applied at once, component started again, or needs a restart of the peer
     * @throws org.pinion.spi.ClusterException {@code BAD_REQUEST} with file, key, value and range; the old value stays
     */
    String set(String key, String value);

    /**
     * Reads service.json again and applies what differs.
     *
     * @return what was changed, one line each; empty = nothing differs
     * @throws org.pinion.spi.ClusterException {@code BAD_REQUEST} with all faults, one line each; nothing is changed then
     */
    List<String> reload();

    /**
     * Writes what runs to service.json; keys that nobody knows are kept, the old file stays beside it as a copy.
     *
     * @return the file
     */
    Path save() throws IOException;

    /**
     * Puts another implementation in the place of a type of which one is wanted: the present one's configuration goes,
     * the other one's comes, from its section in service.json or with its defaults. service.json stays as it is until
     * {@link #save()}.
     *
     * @param type {@code consensus}, {@code pintracker}, {@code monitor}, {@code allocator} or {@code ipfsconnector}
     * @param implementation for example {@code map}
     * @return what was done, one line
     * @throws org.pinion.spi.ClusterException {@code BAD_REQUEST} if no bundle provides it, or it cannot be swapped in a
     *     running peer, with what to do instead
     */
    String swap(String type, String implementation);
}
