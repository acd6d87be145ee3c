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
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

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
public final class MvDatastore implements Datastore {
    private final MvStore store;

    /** Opens the store; fails when it is in use. */
    @Activate
    public MvDatastore(@Reference PeerFolder folder, Map<String, Object> properties) {
        Path data = properties.get("folder") instanceof String chosen && !chosen.isEmpty()
                ? folder.root().resolve(chosen)
                : folder.own().resolve("data");
        store = MvStore.open(data.resolve("mvstore"));
    }

    @Override
    public byte @Nullable [] get(Space space, byte[] key) {
        return store.get(space, key);
    }

    @Override
    public boolean contains(Space space, byte[] key) {
        return store.contains(space, key);
    }

    @Override
    public Cursor<Row> scan(Space space, byte[] from, byte @Nullable [] to) {
        return store.scan(space, from, to);
    }

    @Override
    public void write(WriteBatch batch, Durability durability) {
        store.write(batch, durability);
    }

    @Override
    public void sync() {
        store.sync();
    }

    @Override
    public long approximateBytes(Space space) {
        return store.approximateBytes(space);
    }

    @Override
    public void compact(Space space) {
        store.compact(space);
    }

    /** Writes what is left and closes the file; whoever still reads gets {@code UNAVAILABLE}. */
    @Deactivate
    public void close() {
        store.close();
    }
}
