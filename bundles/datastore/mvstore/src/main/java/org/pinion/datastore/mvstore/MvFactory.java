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
package org.pinion.datastore.mvstore;

import java.nio.file.Path;
import java.util.Map;
import org.pinion.spi.datastore.DatastoreFactory;

/** Opens the store on a plain class path. */
public final class MvFactory implements DatastoreFactory {
    /** For the service loader. */
    public MvFactory() {}

    @Override
    public String name() {
        return "mvstore";
    }

    @Override
    public OpenDatastore open(Path folder, Map<String, Object> settings) {
        return MvStore.open(folder.resolve(name()));
    }
}
