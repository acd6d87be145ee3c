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
package org.pinion.spi.datastore;

import java.nio.file.Path;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** Opens a store without OSGi, for the offline commands; found by {@code ServiceLoader}. */
@ConsumerType
public interface DatastoreFactory {
    /** The name in service.json's {@code datastore} section, for example {@code rocksdb}. */
    String name();

    /**
     * Opens the store in a folder, which is made when missing.
     *
     * @param folder where stores are kept; the store has a folder with its name in it
     * @param settings the section's keys
     * @throws org.pinion.spi.ClusterException with code {@code STORAGE} if it is in use or broken
     */
    OpenDatastore open(Path folder, Map<String, Object> settings);

    /** A store that its opener closes. */
    interface OpenDatastore extends Datastore, AutoCloseable {
        @Override
        void close();
    }
}
