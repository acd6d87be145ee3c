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

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.spi.flow.Cursor;

/** Passes every call on to another store; a subclass changes what it does otherwise. */
@ConsumerType
public abstract class ForwardingDatastore implements Datastore {
    private final Datastore store;

    /** Passes on to {@code store}, which stays the caller's to close. */
    protected ForwardingDatastore(Datastore store) {
        this.store = store;
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
}
