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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsBlocks;
import org.pinion.spi.rpc.NodeWithMeta;
import org.pinion.spi.rpc.RpcClient;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.RpcMethod;

/** A cluster in memory around one adder: what was pinned, and the blocks of every peer. */
final class TestCluster implements Pinset, RpcClient, Secrets, AutoCloseable {
    final PrivateKey key = PrivateKey.generate(KeyType.ED25519);
    final PeerId self = PeerId.of(key);
    final PeerId other = PeerId.of(PrivateKey.generate(KeyType.ED25519));
    final Map<PeerId, Store> stores = new ConcurrentHashMap<>();
    final List<Pin> pins = new ArrayList<>();
    final ExecutorsComponent executors = new ExecutorsComponent();
    final ClusterAdder adder = new ClusterAdder(this, executors);
    List<PeerId> allocations = List.of(self, other);
    /** Pins that are taken before pinning fails. */
    int pinRoom = Integer.MAX_VALUE;

    TestCluster() {
        adder.pinset = this;
        adder.rpc = this;
        adder.blocks = store(self);
    }

    Store store(PeerId peer) {
        return stores.computeIfAbsent(peer, id -> new Store());
    }

    /** The blocks of one peer, in the order they came. */
    static final class Store implements IpfsBlocks {
        final Map<Cid, byte[]> blocks = new LinkedHashMap<>();
        /** Blocks that are taken before it fails. */
        int room = Integer.MAX_VALUE;
        /** Whether the stream ended as it should. */
        boolean complete;

        @Override
        public CompletableFuture<Void> putBlocks(Cursor<Block> source) {
            return CompletableFuture.runAsync(() -> {
                try (source) {
                    for (Block block = source.next(); block != null; block = source.next()) {
                        if (blocks.size() >= room) {
                            throw new ClusterException(ErrorCode.STORAGE, "the disk is full");
                        }
                        if (!block.cid().multihash().matches(block.data())) {
                            throw new AssertionError(block + " does not match");
                        }
                        blocks.put(block.cid(), block.data());
                    }
                    complete = true;
                }
            });
        }

        @Override
        public CompletableFuture<byte[]> getBlock(Cid cid) {
            return CompletableFuture.completedFuture(blocks.get(cid));
        }
    }

    @Override
    public CompletionStage<Pin> pin(Pin pin) {
        if (pins.size() >= pinRoom) {
            return CompletableFuture.failedFuture(new ClusterException(ErrorCode.UNAVAILABLE, "consensus is away"));
        }
        pins.add(pin);
        return CompletableFuture.completedFuture(pin);
    }

    @Override
    public CompletionStage<List<PeerId>> allocateBlocks(Pin pin) {
        return CompletableFuture.completedFuture(allocations);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <A, R> Cursor<R> stream(PeerId peer, RpcMethod<A, R> method, Cursor<A> arguments, Duration idleTimeout) {
        Store store = stores.get(peer);
        if (store == null) {
            arguments.close();
            throw new RpcException(RpcException.Kind.CLIENT, method + " on " + peer + ": not connected");
        }
        Cursor<NodeWithMeta> nodes = (Cursor<NodeWithMeta>) arguments;
        CompletableFuture<Void> done = store.putBlocks(nodes.map(node -> new Block(node.cid(), node.data())));
        return new Cursor<>() {
            @Override
            public R next() {
                try {
                    done.join();
                    return null;
                } catch (RuntimeException e) {
                    throw new RpcException(
                            RpcException.Kind.METHOD, ClusterException.of(e).getMessage());
                }
            }

            @Override
            public void close() {
                done.cancel(true);
            }
        };
    }

    @Override
    public PeerId peerId() {
        return self;
    }

    @Override
    public PrivateKey privateKey() {
        return key;
    }

    @Override
    public Optional<byte[]> clusterSecret() {
        return Optional.empty();
    }

    @Override
    public Optional<String> value(String pid, String name) {
        return Optional.empty();
    }

    @Override
    public <A, R> CompletableFuture<R> call(PeerId peer, RpcMethod<A, R> method, A argument, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Pin> pinPath(String path, PinOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Pin> unpin(Cid cid) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Pin> unpinPath(String path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Pin> get(Cid cid) {
        return pins.stream().filter(pin -> pin.cid().equals(cid)).findFirst();
    }

    @Override
    public Cursor<Pin> list(Cid after) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        adder.close();
        executors.close();
    }
}
