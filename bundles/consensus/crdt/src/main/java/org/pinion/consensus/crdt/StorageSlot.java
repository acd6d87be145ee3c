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
package org.pinion.consensus.crdt;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinion.consensus.crdt.Replica.Storage;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.state.PinCodec;
import org.pinion.spi.state.PinState;
import org.pinion.spi.state.PinStateWriter;

/** The parts of the storage as they come and go; tells when they are all there, and when not any more. Any thread. */
final class StorageSlot {
    private final Consumer<@Nullable Storage> changed;
    private volatile @Nullable Datastore datastore;
    private volatile @Nullable PinCodec codec;
    private @Nullable PinState state;
    private @Nullable PinStateWriter writer;
    private @Nullable Storage told;

    StorageSlot(Consumer<@Nullable Storage> changed) {
        this.changed = changed;
    }

    @Nullable
    Datastore datastore() {
        return datastore;
    }

    @Nullable
    PinCodec codec() {
        return codec;
    }

    synchronized void set(Datastore part) {
        datastore = part;
        tell();
    }

    synchronized void unset(Datastore part) {
        if (datastore == part) {
            datastore = null;
            tell();
        }
    }

    synchronized void set(PinCodec part) {
        codec = part;
        tell();
    }

    synchronized void unset(PinCodec part) {
        if (codec == part) {
            codec = null;
            tell();
        }
    }

    synchronized void set(PinState part) {
        state = part;
        tell();
    }

    synchronized void unset(PinState part) {
        if (state == part) {
            state = null;
            tell();
        }
    }

    synchronized void set(PinStateWriter part) {
        writer = part;
        tell();
    }

    synchronized void unset(PinStateWriter part) {
        if (writer == part) {
            writer = null;
            tell();
        }
    }

    private void tell() {
        Datastore store = datastore;
        PinState pins = state;
        PinStateWriter changes = writer;
        PinCodec form = codec;
        Storage now = store == null || pins == null || changes == null || form == null
                ? null
                : new Storage(store, pins, changes, form);
        Storage before = told;
        if (now == null ? before != null : !now.equals(before)) {
            told = now;
            changed.accept(now);
        }
    }
}
