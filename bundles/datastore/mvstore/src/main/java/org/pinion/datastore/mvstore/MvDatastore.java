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
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.DatastoreFactory.OpenDatastore;
import org.pinion.spi.datastore.ForwardingDatastore;

/** The store of this peer, in {@code pinion/data/mvstore} of its folder, or in {@code mvstore} of one of its own. */
@Component(
        name = "org.pinion.datastore.mvstore",
        service = Datastore.class,
        configurationPid = "org.pinion.datastore.mvstore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(
        namespace = "pinion.component",
        name = "org.pinion.datastore.mvstore",
        attribute = "type=datastore",
        effective = "active")
public final class MvDatastore extends ForwardingDatastore {
    private final OpenDatastore store;

    /** Opens the store; fails when it is in use. */
    @Activate
    public MvDatastore(@Reference PeerFolder folder, Map<String, Object> properties) {
        this(MvStore.open(data(folder, properties.get("folder")).resolve("mvstore")));
    }

    private MvDatastore(OpenDatastore store) {
        super(store);
        this.store = store;
    }

    private static Path data(PeerFolder folder, @Nullable Object chosen) {
        return chosen instanceof String path && !path.isEmpty()
                ? folder.root().resolve(path)
                : folder.own().resolve("data");
    }

    /** Writes what is left and closes the file; whoever still reads gets {@code UNAVAILABLE}. */
    @Deactivate
    public void close() {
        store.close();
    }
}
