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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.BlocksMadeHere;
import org.pinion.spi.ipfsconnector.IpfsBlocks;
import org.pinion.spi.rpc.NodeWithMeta;
import org.pinion.spi.rpc.RpcClient;
import org.pinion.spi.rpc.RpcMethods;

/** One peer that gets blocks: this one by its IPFS node, another by a stream. Used by the adding thread. */
final class Destination {
    private static final long QUEUE_BYTES = 4 << 20;
    /** How long a peer may be silent: to take blocks when it is slow, and to make them durable at the end. */
    private static final Duration IDLE = Duration.ofMinutes(5);

    private final PeerId peer;
    private final BlockQueue queue = new BlockQueue(QUEUE_BYTES);
    /** Done when the blocks are stored, or gives the answer that tells; its failure is the destination's. */
    private final CompletableFuture<Cursor<?>> answer;

    private @Nullable ClusterException failure;

    private Destination(PeerId peer) {
        this.peer = peer;
        this.answer = new CompletableFuture<>();
    }

    /** This peer's own IPFS node. */
    static Destination here(PeerId self, @Nullable IpfsBlocks blocks) {
        Destination here = new Destination(self);
        if (blocks == null) {
            here.fail(new ClusterException(ErrorCode.UNAVAILABLE, "this peer has no IPFS connector"));
            return here;
        }
        blocks.putBlocks(new Made(here.queue)).whenComplete((none, failure) -> {
            here.queue.close();
            if (failure == null) {
                here.answer.complete(Cursor.empty());
            } else {
                here.answer.completeExceptionally(failure);
            }
        });
        return here;
    }

    /** Another peer; the connection is made on {@code executor} while blocks gather. */
    static Destination remote(PeerId peer, @Nullable RpcClient rpc, Executor executor) {
        Destination remote = new Destination(peer);
        if (rpc == null) {
            remote.fail(new ClusterException(ErrorCode.UNAVAILABLE, "this peer has no RpcClient"));
            return remote;
        }
        try {
            executor.execute(() -> remote.open(rpc));
        } catch (RejectedExecutionException full) {
            remote.fail(new ClusterException(ErrorCode.UNAVAILABLE, "too many adds at once", full));
        }
        return remote;
    }

    private void open(RpcClient rpc) {
        try {
            Cursor<NodeWithMeta> blocks = queue;
            answer.complete(rpc.stream(peer, RpcMethods.IPFS_BLOCK_STREAM, blocks, IDLE));
        } catch (RuntimeException failed) {
            queue.close();
            answer.completeExceptionally(failed);
        }
    }

    private void fail(ClusterException why) {
        queue.close();
        answer.completeExceptionally(why);
    }

    PeerId peer() {
        return peer;
    }

    /** Hands a block over, waiting while the peer is busy; false once the peer has failed. */
    boolean put(NodeWithMeta block) throws InterruptedException {
        return failure == null && queue.put(block);
    }

    /** No more blocks will come. */
    void end() {
        queue.end();
    }

    /** Waits until the peer has stored everything; returns why it has not, or null. */
    @Nullable
    ClusterException await() throws InterruptedException {
        if (failure != null) {
            return failure;
        }
        try (Cursor<?> results = answer.get()) {
            while (results.next() != null) {
                continue; // only its end says something
            }
        } catch (ExecutionException | RuntimeException failed) {
            failure = ClusterException.of(failed);
        }
        return failure;
    }

    /** Makes the peer fail what it has so far. */
    void abort() {
        queue.abort();
        answer.thenAccept(Cursor::close);
    }

    /** Builders hash what they make, and the reader of archives checks every block. */
    private record Made(Cursor<NodeWithMeta> nodes) implements BlocksMadeHere {
        @Override
        public @Nullable Block next() {
            NodeWithMeta node = nodes.next();
            return node == null ? null : new Block(node.cid(), node.data());
        }

        @Override
        public void close() {
            nodes.close();
        }
    }
}
