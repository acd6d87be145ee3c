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
package org.pinion.libp2p.gossipsub;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Callbacks that come and go; the same object may be there twice. Any thread. */
final class Registered<T> {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.gossipsub");

    private final List<Entry<T>> entries = new CopyOnWriteArrayList<>();

    /** One registration; compared by identity. */
    static final class Entry<T> {
        final T callback;

        private Entry(T callback) {
            this.callback = callback;
        }
    }

    static <T> Entry<T> entry(T callback) {
        return new Entry<>(callback);
    }

    void add(Entry<T> entry) {
        entries.add(entry);
    }

    boolean remove(Entry<T> entry) {
        return entries.remove(entry);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    void clear() {
        entries.clear();
    }

    /** Calls all; a failing one does not keep the others from their call. */
    void forEach(Consumer<T> call) {
        for (Entry<T> entry : entries) {
            call(entry, call);
        }
    }

    void call(Entry<T> entry, Consumer<T> call) {
        if (!entries.contains(entry)) {
            return;
        }
        try {
            call.accept(entry.callback);
        } catch (RuntimeException e) {
            log.warn("a pubsub callback failed; the others go on", e);
        }
    }
}
