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
package org.pinion.libp2p.bitswap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.libp2p.bitswap.BitswapMessage.Want;

/** What one peer wants from us. Bounded: what is beyond the limit is ignored, the peer asks again. Any thread. */
final class Ledger {
    private final int maxWants;
    private final Map<Cid, Entry> entries = new HashMap<>();
    private final Deque<Entry> pending = new ArrayDeque<>();

    /** A want; {@code pending} says that it has still to be looked at. */
    static final class Entry {
        final Cid cid;
        boolean haveOnly;
        boolean sendDontHave;
        private boolean pending;
        private boolean removed;

        private Entry(Want want) {
            this.cid = want.cid();
            this.haveOnly = want.haveOnly();
            this.sendDontHave = want.sendDontHave();
        }
    }

    Ledger(int maxWants) {
        this.maxWants = maxWants;
    }

    synchronized void receive(List<Want> wants, boolean full) {
        if (full) {
            clear();
        }
        for (Want want : wants) {
            Entry entry = entries.get(want.cid());
            if (want.cancel()) {
                if (entry != null) {
                    remove(entry);
                }
            } else if (entry != null) {
                // a peer that asked for the block is not served better by an answer without it
                entry.haveOnly &= want.haveOnly();
                entry.sendDontHave = want.sendDontHave();
                enqueue(entry);
            } else if (entries.size() < maxWants) {
                Entry added = new Entry(want);
                entries.put(want.cid(), added);
                enqueue(added);
            }
        }
    }

    /** A block is here now. True if the peer waits for it. */
    synchronized boolean available(Cid cid) {
        Entry entry = entries.get(cid);
        if (entry == null) {
            return false;
        }
        enqueue(entry);
        return true;
    }

    /** Takes the next want to look at. It stays known until {@link #settled}. */
    synchronized @Nullable Entry next() {
        for (Entry entry = pending.poll(); entry != null; entry = pending.poll()) {
            if (!entry.removed) {
                entry.pending = false;
                return entry;
            }
        }
        return null;
    }

    /** A want was answered and need not be remembered. */
    synchronized void settled(Entry entry) {
        if (!entry.removed && !entry.pending) {
            remove(entry);
        }
    }

    synchronized boolean hasPending() {
        return !pending.isEmpty();
    }

    synchronized List<Cid> wants() {
        return new ArrayList<>(entries.keySet());
    }

    synchronized void clear() {
        entries.values().forEach(entry -> entry.removed = true);
        entries.clear();
        pending.clear();
    }

    private void enqueue(Entry entry) {
        if (!entry.pending) {
            entry.pending = true;
            pending.add(entry);
        }
    }

    private void remove(Entry entry) {
        entries.remove(entry.cid);
        entry.removed = true;
        if (pending.size() > 2 * maxWants) {
            pending.removeIf(old -> old.removed);
        }
    }
}
