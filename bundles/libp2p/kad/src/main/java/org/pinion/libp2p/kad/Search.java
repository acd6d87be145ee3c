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
package org.pinion.libp2p.kad;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PeerAddresses;

/** One search for the peers near a key, or for one peer. Belongs to the loop. */
final class Search {
    private static final int MAX_TOLD = 64;

    /** What a search does to the world. */
    interface World {
        /** Asks a peer; gives the peers that it named and that may be asked, with their believed addresses. */
        CompletionStage<List<PeerAddresses>> ask(PeerId peer, byte[] key);

        /** Connects to the peer that is looked for. */
        CompletionStage<Void> connect(PeerId peer, Collection<Multiaddr> addresses);

        boolean isConnected(PeerId peer);

        /** Calls back when the time of the search is over. */
        @Nullable
        Future<?> timer(Runnable task);
    }

    private final byte[] key;
    private final @Nullable PeerId wanted;
    private final Lookup lookup;
    private final World world;
    private final Set<Multiaddr> told = new LinkedHashSet<>();
    private final CompletableFuture<List<PeerId>> result = new CompletableFuture<>();
    private @Nullable Future<?> timer;
    private boolean last;

    /**
     * A search that has not begun.
     *
     * @param wanted the one peer that is looked for; the search ends when it is connected. Null for all near the key
     */
    Search(byte[] key, @Nullable PeerId wanted, Lookup.Shape shape, World world) {
        this.key = key;
        this.wanted = wanted;
        this.world = world;
        lookup = new Lookup(KadId.of(key), shape);
    }

    /** Begins with these peers; completes with the nearest that answered, also when the time was over. */
    CompletableFuture<List<PeerId>> start(Collection<PeerId> first) {
        lookup.heard(first);
        timer = world.timer(this::finish);
        advance();
        return result;
    }

    /** What was told about where the wanted peer is. */
    Set<Multiaddr> told() {
        return told;
    }

    private void advance() {
        if (result.isDone()) {
            return;
        }
        if (wanted != null && world.isConnected(wanted)) {
            finish();
            return;
        }
        if (!last) {
            lookup.next().forEach(this::ask);
            if (lookup.done()) {
                last = true;
                lookup.followUp().forEach(this::ask);
            }
        }
        if (last && !lookup.waits()) {
            finish();
        }
    }

    private void ask(PeerId peer) {
        if (wanted != null && peer.equals(wanted)) {
            // it may not serve the DHT: being reached is all that is asked of it
            world.connect(peer, told).whenComplete((connected, error) -> settle(peer, List.of(), error));
        } else {
            world.ask(peer, key).whenComplete((peers, error) -> settle(peer, peers, error));
        }
    }

    private void settle(PeerId peer, @Nullable List<PeerAddresses> named, @Nullable Throwable error) {
        if (result.isDone()) {
            return;
        }
        if (error != null || named == null) {
            lookup.failed(peer);
        } else {
            lookup.answered(peer);
            for (PeerAddresses each : named) {
                if (wanted != null && each.id().equals(wanted)) {
                    each.addresses().stream().limit(MAX_TOLD - told.size()).forEach(told::add);
                }
            }
            lookup.heard(named.stream().map(PeerAddresses::id).toList());
        }
        advance();
    }

    private void finish() {
        if (timer != null) {
            timer.cancel(false);
        }
        result.complete(lookup.result());
    }
}
