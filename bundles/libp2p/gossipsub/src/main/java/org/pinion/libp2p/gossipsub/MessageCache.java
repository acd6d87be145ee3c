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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Messages of the last heartbeats: what can be advertised, and given to those who ask. Bounded in bytes too: the oldest
 * go first. One thread.
 */
final class MessageCache {
    private final int maxBytes;
    private int gossipWindows;
    private final Deque<List<MessageId>> windows = new ArrayDeque<>();
    private final Map<MessageId, Entry> entries = new HashMap<>();
    private int bytes;

    private static final class Entry {
        final Message message;
        final String topic;
        final int bytes;
        final Map<PeerId, Integer> given = new HashMap<>(2);

        Entry(Message message, String topic, int bytes) {
            this.message = message;
            this.topic = topic;
            this.bytes = bytes;
        }
    }

    MessageCache(int windows, int gossipWindows, int maxBytes) {
        this.gossipWindows = gossipWindows;
        this.maxBytes = maxBytes;
        for (int i = 0; i < windows; i++) {
            this.windows.add(new ArrayList<>());
        }
    }

    /** Keeps this many windows from now on, and advertises some of them. */
    void resize(int wanted, int gossiped) {
        gossipWindows = gossiped;
        while (windows.size() < wanted) {
            windows.addLast(new ArrayList<>());
        }
        while (windows.size() > wanted) {
            windows.removeLast().forEach(this::remove);
        }
    }

    void put(MessageId id, String topic, Message message) {
        byte[] data = message.data();
        Entry entry = new Entry(message, topic, 256 + (data == null ? 0 : data.length));
        if (entries.putIfAbsent(id, entry) == null) {
            windows.getFirst().add(id);
            bytes += entry.bytes;
            evict();
        }
    }

    /** A message for a peer that asked for it, unless it got it {@code maxGiven} times already. */
    Optional<Message> give(MessageId id, PeerId peer, int maxGiven) {
        Entry entry = entries.get(id);
        if (entry == null || entry.given.merge(peer, 1, Integer::sum) > maxGiven) {
            return Optional.empty();
        }
        return Optional.of(entry.message);
    }

    /** Ids of the topic's messages in the windows that are advertised. */
    List<MessageId> gossip(String topic) {
        List<MessageId> ids = new ArrayList<>();
        int window = 0;
        for (List<MessageId> list : windows) {
            if (window++ == gossipWindows) {
                break;
            }
            for (MessageId id : list) {
                Entry entry = entries.get(id);
                if (entry != null && entry.topic.equals(topic)) {
                    ids.add(id);
                }
            }
        }
        return ids;
    }

    /** Begins a new window and drops the oldest. */
    void shift() {
        windows.removeLast().forEach(this::remove);
        windows.addFirst(new ArrayList<>());
    }

    private void evict() {
        Iterator<List<MessageId>> oldest = windows.descendingIterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            List<MessageId> window = oldest.next();
            int dropped = 0;
            while (bytes > maxBytes && dropped < window.size()) {
                remove(window.get(dropped++));
            }
            window.subList(0, dropped).clear();
        }
    }

    private void remove(MessageId id) {
        Entry entry = entries.remove(id);
        if (entry != null) {
            bytes -= entry.bytes;
        }
    }
}
