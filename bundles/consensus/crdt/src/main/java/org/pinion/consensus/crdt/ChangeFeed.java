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

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.pinion.consensus.crdt.PinUpdates.Change;
import org.pinion.spi.consensus.PinsetListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners of changes once they are on disk, in order. For one thread. */
final class ChangeFeed {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");

    private final Supplier<List<PinsetListener>> listeners;
    private final List<Change> unsynced = new ArrayList<>();

    ChangeFeed(Supplier<List<PinsetListener>> listeners) {
        this.listeners = listeners;
    }

    /** Takes changes that are not on disk yet. */
    void later(List<Change> changes) {
        unsynced.addAll(changes);
    }

    int unsynced() {
        return unsynced.size();
    }

    /** Everything written so far is on disk, {@code changes} too. */
    void synced(List<Change> changes) {
        if (unsynced.isEmpty()) {
            tell(changes);
        } else {
            List<Change> all = new ArrayList<>(unsynced);
            all.addAll(changes);
            unsynced.clear();
            tell(all);
        }
    }

    private void tell(List<Change> changes) {
        for (PinsetListener listener : listeners.get()) {
            for (Change change : changes) {
                try {
                    if (change.pinned()) {
                        listener.pinned(change.pin());
                    } else {
                        listener.unpinned(change.pin());
                    }
                } catch (RuntimeException e) {
                    log.error(
                            "{} failed on {}",
                            listener.getClass().getName(),
                            change.pin().cid(),
                            e);
                }
            }
        }
    }
}
