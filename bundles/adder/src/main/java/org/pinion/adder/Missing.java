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
package org.pinion.adder;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.DagLinks;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.ipfsconnector.IpfsBlocks;

/**
 * Finds out what an archive links to but does not hold. Gives up beyond a number of blocks, for the sake of memory. For one
 * thread.
 */
final class Missing {
    private static final int MAX_WANTED = 200_000;
    private static final int MAX_ASKED = 64;
    private static final Duration ASK = Duration.ofSeconds(10);

    private final CidSet seen = new CidSet();
    /** What blocks so far link to, with the first of these blocks. */
    private final Map<Multihash, Wanted> wanted = new LinkedHashMap<>();

    private boolean tooMany;

    private record Wanted(Cid cid, @Nullable Cid parent) {
        @Override
        public String toString() {
            return parent == null ? cid + " (the root)" : cid + " (linked from " + parent + ")";
        }
    }

    /** The root is wanted whatever the blocks are. */
    void root(Cid root) {
        want(root, null);
    }

    /**
     * A block came.
     *
     * @throws ClusterException {@code BAD_REQUEST} if its codec does not allow these bytes
     */
    void block(Block block) {
        List<Cid> links;
        try {
            links = DagLinks.of(block.cid(), block.data());
        } catch (IllegalArgumentException e) {
            throw new ClusterException(
                    ErrorCode.BAD_REQUEST, "block " + block.cid() + " cannot be read: " + e.getMessage(), e);
        }
        if (tooMany || seen.isFull()) {
            tooMany = true;
            return;
        }
        wanted.remove(block.cid().multihash());
        seen.add(byHash(block.cid()));
        links.forEach(link -> want(link, block.cid()));
    }

    private void want(Cid cid, @Nullable Cid parent) {
        Multihash hash = cid.multihash();
        if (tooMany || hash.code() == Multihash.IDENTITY || seen.contains(byHash(cid))) {
            return;
        }
        wanted.putIfAbsent(hash, new Wanted(cid, parent));
        tooMany = wanted.size() > MAX_WANTED;
    }

    private static Cid byHash(Cid cid) {
        return Cid.v1(Cid.RAW, cid.multihash());
    }

    /**
     * Accepts what earlier archives brought.
     *
     * @param here whether the IPFS node has a block
     * @param network finds blocks elsewhere; asked for some only, and for a short time
     * @throws ClusterException {@code BAD_REQUEST} that names what is nowhere
     */
    void check(Predicate<Cid> here, @Nullable IpfsBlocks network) throws InterruptedException {
        if (tooMany) {
            return;
        }
        List<Wanted> left = new ArrayList<>(wanted.values());
        left.removeIf(want -> here.test(want.cid()));
        List<Wanted> asked = new ArrayList<>(left.subList(0, Math.min(left.size(), MAX_ASKED)));
        if (network != null) {
            removeFound(asked, network);
        }
        if (!asked.isEmpty()) {
            throw Roots.bad("the CAR lacks " + left.size() + (left.size() == 1 ? " block: " : " blocks, one is ")
                    + asked.get(0) + "; add a complete CAR, or its parts with no-pin=true before this one");
        }
    }

    private static void removeFound(List<Wanted> asked, IpfsBlocks network) throws InterruptedException {
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        asked.forEach(want -> answers.add(network.getBlock(want.cid())));
        CompletableFuture<Void> all = CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]));
        try {
            all.get(ASK.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException someAreNowhere) {
            answers.forEach(answer -> answer.cancel(false));
        }
        for (int i = asked.size() - 1; i >= 0; i--) {
            if (!answers.get(i).isCompletedExceptionally()) {
                asked.remove(i);
            }
        }
    }
}
