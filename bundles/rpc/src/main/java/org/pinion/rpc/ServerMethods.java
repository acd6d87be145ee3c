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
package org.pinion.rpc;

import static org.pinion.rpc.Components.present;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.rpc.Frames.ServiceId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.NodeWithMeta;
import org.pinion.spi.rpc.PeerIds;
import org.pinion.spi.rpc.RpcMethod;
import org.pinion.spi.rpc.RpcMethods;
import org.pinion.spi.rpc.Version;

/**
 * What each method does on this peer. Names that are closed to the network are known too, so that callers get the
 * reference's answers.
 *
 * @spec cluster wire "Services"
 */
final class ServerMethods {
    private static final Map<String, List<String>> CLOSED = Map.of(
            "Cluster",
            List.of(
                    "Alerts",
                    "BandwidthByProtocol",
                    "BlockAllocate",
                    "ConnectGraph",
                    "IPFSID",
                    "Join",
                    "PeersWithFilter",
                    "Pin",
                    "PinGet",
                    "PinPath",
                    "UnpinPath",
                    "Pins",
                    "Recover",
                    "RecoverAll",
                    "RepoGC",
                    "SendInformerMetrics",
                    "SendInformersMetrics",
                    "Status",
                    "StatusAll",
                    "StatusAllLocal",
                    "StatusLocal",
                    "Unpin"),
            "PinTracker",
            List.of("PinQueueSize", "RecoverAll", "Track", "Untrack"),
            "IPFSConnector",
            List.of("BlockGet", "ConfigKey", "Pin", "Unpin", "PinLs", "PinLsCid", "Resolve"),
            "Consensus",
            List.of("Peers"),
            "PeerMonitor",
            List.of("LatestMetrics", "MetricNames"));

    private final Map<ServiceId, Unary<?, ?>> unary = new HashMap<>();
    private final Map<ServiceId, Streaming<?, ?>> streaming = new HashMap<>();
    private final Set<String> services = new HashSet<>(CLOSED.keySet());

    /** One argument, one result. */
    record Unary<A, R>(RpcMethod<A, R> method, Function<A, CompletionStage<R>> body) {}

    /** Many arguments, many results. */
    record Streaming<A, R>(RpcMethod<A, R> method, Function<Cursor<A>, Cursor<R>> body) {}

    ServerMethods(Components here) {
        unary(RpcMethods.CLUSTER_ID, none -> present(here.peers, "cluster").id());
        unary(
                RpcMethods.CLUSTER_PEER_ADD,
                peer -> present(here.peers, "cluster").add(peer));
        unary(RpcMethods.CLUSTER_VERSION, none -> CompletableFuture.completedFuture(new Version(Versions.FULL)));
        unary(
                RpcMethods.CLUSTER_PEER_REMOVE,
                peer -> present(here.peers, "cluster").remove(peer));
        unary(
                RpcMethods.CLUSTER_RECOVER_LOCAL,
                cid -> present(here.statuses, "cluster").recoverLocal(cid));
        unary(
                RpcMethods.CLUSTER_REPO_GC_LOCAL,
                none -> present(here.health, "cluster").collectGarbageLocal());
        unary(
                RpcMethods.TRACKER_STATUS,
                cid -> present(here.tracker, "pin tracker").status(cid));
        unary(
                RpcMethods.TRACKER_RECOVER,
                cid -> present(here.tracker, "pin tracker").recover(cid));
        unary(
                RpcMethods.IPFS_REPO_STAT,
                none -> present(here.repo, "IPFS connector").stat());
        unary(
                RpcMethods.IPFS_SWARM_PEERS,
                none -> present(here.swarm, "IPFS connector").swarmPeers().thenApply(PeerIds::new));
        unary(
                RpcMethods.CONSENSUS_LOG_PIN,
                pin -> present(here.consensus, "consensus").logPin(pin));
        unary(
                RpcMethods.CONSENSUS_LOG_UNPIN,
                pin -> present(here.consensus, "consensus").logUnpin(pin));
        unary(
                RpcMethods.CONSENSUS_ADD_PEER,
                peer -> present(here.membership, "consensus").addPeer(peer));
        unary(
                RpcMethods.CONSENSUS_RM_PEER,
                peer -> present(here.membership, "consensus").removePeer(peer));

        streaming(
                RpcMethods.CLUSTER_ID_STREAM,
                none -> one(present(here.peers, "cluster").id()));
        streaming(
                RpcMethods.CLUSTER_PEERS, none -> present(here.peers, "cluster").list());
        streaming(
                RpcMethods.CLUSTER_RECOVER_ALL_LOCAL,
                none -> present(here.statuses, "cluster").recoverAllLocal());
        streaming(RpcMethods.TRACKER_STATUS_ALL, filters -> statusAll(here, filters));
        streaming(RpcMethods.TRACKER_STATUS_ROWS, filters -> new StatusBatches(statusAll(here, filters)));
        streaming(RpcMethods.IPFS_BLOCK_STREAM, nodes -> {
            NodeWithMeta first = nodes.next();
            if (first == null) {
                throw new ClusterException(ErrorCode.BAD_REQUEST, "BlockStream: no blocks to peek in blocks channel");
            }
            Cursor<Block> blocks = following(first, nodes).map(node -> new Block(node.cid(), node.data()));
            wait(present(here.blocks, "IPFS connector").putBlocks(blocks));
            return Cursor.empty();
        });
    }

    private static Cursor<PinInfo> statusAll(Components here, Cursor<StatusFilter> filters) {
        StatusFilter filter = filters.next();
        return present(here.tracker, "pin tracker").statusAll(filter == null ? StatusFilter.ALL : filter);
    }

    /** The unary method of that name. */
    @Nullable
    Unary<?, ?> unary(ServiceId id) {
        return unary.get(id);
    }

    /** The streaming method of that name. */
    @Nullable
    Streaming<?, ?> streaming(ServiceId id) {
        return streaming.get(id);
    }

    boolean isClosed(ServiceId id) {
        return CLOSED.getOrDefault(id.service(), List.of()).contains(id.method());
    }

    boolean isService(String name) {
        return services.contains(name);
    }

    private <A, R> void unary(RpcMethod<A, R> method, Function<A, CompletionStage<R>> body) {
        unary.put(ServiceId.of(method), new Unary<>(method, body));
    }

    private <A, R> void streaming(RpcMethod<A, R> method, Function<Cursor<A>, Cursor<R>> body) {
        streaming.put(ServiceId.of(method), new Streaming<>(method, body));
    }

    private static <R> Cursor<R> one(CompletionStage<R> result) {
        return Cursor.of(List.of(wait(result)));
    }

    /** The values of a cursor with one before them. */
    private static <T> Cursor<T> following(T first, Cursor<T> others) {
        return new Cursor<>() {
            private @Nullable T head = first;

            @Override
            public @Nullable T next() {
                T value = head;
                head = null;
                return value == null ? others.next() : value;
            }

            @Override
            public void close() {
                others.close();
            }
        };
    }

    /** Waits on a worker thread for a method of a component, which has time limits of its own. */
    static <R> R wait(CompletionStage<R> result) {
        try {
            return result.toCompletableFuture().get();
        } catch (InterruptedException interrupted) {
            result.toCompletableFuture().cancel(true);
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the call was cancelled, or the RPC server is closing");
        } catch (ExecutionException failed) {
            throw ClusterException.of(failed);
        }
    }
}
