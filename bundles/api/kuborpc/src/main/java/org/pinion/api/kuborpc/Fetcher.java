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
package org.pinion.api.kuborpc;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.pinion.ipld.dag.BlockSource;
import org.pinion.ipld.dag.DagLinks;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;

/**
 * Blocks from here, else from the network. When blocks are read in the order of a walk, those that come next are fetched
 * ahead. For one thread; close it.
 */
final class Fetcher implements BlockSource, AutoCloseable {
    /** Blocks on their way; of at most 2 MiB each, usually 256 KiB. */
    private static final int MAX_AHEAD = 16;

    private static final int MAX_UPCOMING = 20_000;

    private final Node node;
    private final Call.Deadline deadline;
    private final boolean offline;
    private final Map<Cid, CompletableFuture<byte[]>> ahead = new LinkedHashMap<>();
    private final Deque<Cid> upcoming = new ArrayDeque<>();
    private final Set<Cid> expected = new HashSet<>();

    Fetcher(Node node, Call call) {
        this(node, call.deadline(), call.flag("offline", false));
    }

    Fetcher(Node node, Call.Deadline deadline, boolean offline) {
        this.node = node;
        this.deadline = deadline;
        this.offline = offline;
    }

    @Override
    public byte[] get(Cid cid) throws IOException {
        if (cid.multihash().code() == Multihash.IDENTITY) {
            return cid.multihash().digest();
        }
        boolean inOrder = expected.contains(cid);
        if (inOrder) {
            skipTo(cid);
        }
        byte[] data = node.blocks().get(cid);
        if (data == null) {
            data = fetch(cid);
        }
        if (!offline) {
            expect(cid, data);
            if (inOrder) {
                fetchAhead();
            }
        }
        return data;
    }

    private byte[] fetch(Cid cid) {
        if (offline) {
            throw new KuboException("block was not found locally (offline): ipld: could not find " + cid);
        }
        CompletableFuture<byte[]> want = ahead.remove(cid);
        if (want == null) {
            want = node.fetching().getBlock(cid);
        }
        return Node.await(want, deadline);
    }

    private void skipTo(Cid cid) {
        for (Cid next = upcoming.poll(); next != null; next = upcoming.poll()) {
            expected.remove(next);
            if (next.equals(cid)) {
                return;
            }
            CompletableFuture<byte[]> unneeded = ahead.remove(next);
            if (unneeded != null) {
                unneeded.cancel(false);
            }
        }
    }

    private void expect(Cid cid, byte[] data) {
        if (cid.codec() == Cid.RAW) {
            return;
        }
        List<Cid> links;
        try {
            links = DagLinks.of(cid, data);
        } catch (IllegalArgumentException other) {
            return; // whoever reads it will say so
        }
        if (upcoming.size() + links.size() > MAX_UPCOMING) {
            return;
        }
        for (int i = links.size() - 1; i >= 0; i--) {
            if (expected.add(links.get(i))) {
                upcoming.addFirst(links.get(i));
            }
        }
    }

    private void fetchAhead() {
        ahead.values().removeIf(want -> want.isDone() && want.isCompletedExceptionally());
        int looked = 0;
        for (Cid next : upcoming) {
            if (ahead.size() >= MAX_AHEAD || looked++ >= MAX_AHEAD) {
                return;
            }
            if (!ahead.containsKey(next) && !node.blocks().contains(next)) {
                ahead.put(next, node.fetching().getBlock(next));
            }
        }
    }

    @Override
    public void close() {
        ahead.values().forEach(want -> want.cancel(false));
        ahead.clear();
    }
}
