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
package org.pinion.spi.rpc;

import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.RepoGc;
import org.pinion.spi.RepoStat;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.rpc.RpcMethod.Access;

/**
 * The methods that peers call on each other, with the reference's access rules.
 *
 * @spec cluster wire "Services"
 */
public final class RpcMethods {
    /** A peer's identity. */
    public static final RpcMethod<Void, PeerInfo> CLUSTER_ID =
            new RpcMethod<>("Cluster", "ID", Void.class, PeerInfo.class, Access.OPEN, false);
    /** A peer's identity, as a stream of one. */
    public static final RpcMethod<Void, PeerInfo> CLUSTER_ID_STREAM =
            new RpcMethod<>("Cluster", "IDStream", Void.class, PeerInfo.class, Access.OPEN, true);
    /** Asks a member to let a peer in. */
    public static final RpcMethod<PeerId, PeerInfo> CLUSTER_PEER_ADD =
            new RpcMethod<>("Cluster", "PeerAdd", PeerId.class, PeerInfo.class, Access.OPEN, false);
    /** The version. */
    public static final RpcMethod<Void, Version> CLUSTER_VERSION =
            new RpcMethod<>("Cluster", "Version", Void.class, Version.class, Access.OPEN, false);
    /** The members with their identities. */
    public static final RpcMethod<Void, PeerInfo> CLUSTER_PEERS =
            new RpcMethod<>("Cluster", "Peers", Void.class, PeerInfo.class, Access.TRUSTED, true);
    /** Removes a member. */
    public static final RpcMethod<PeerId, Void> CLUSTER_PEER_REMOVE =
            new RpcMethod<>("Cluster", "PeerRemove", PeerId.class, Void.class, Access.TRUSTED, false);
    /** Recovers everything on one peer. */
    public static final RpcMethod<Void, PinInfo> CLUSTER_RECOVER_ALL_LOCAL =
            new RpcMethod<>("Cluster", "RecoverAllLocal", Void.class, PinInfo.class, Access.TRUSTED, true);
    /** Recovers one CID on one peer. */
    public static final RpcMethod<Cid, PinInfo> CLUSTER_RECOVER_LOCAL =
            new RpcMethod<>("Cluster", "RecoverLocal", Cid.class, PinInfo.class, Access.TRUSTED, false);
    /** Collects garbage on one peer. */
    public static final RpcMethod<Void, RepoGc> CLUSTER_REPO_GC_LOCAL =
            new RpcMethod<>("Cluster", "RepoGCLocal", Void.class, RepoGc.class, Access.TRUSTED, false);
    /** Status of a CID on one peer. */
    public static final RpcMethod<Cid, PinInfo> TRACKER_STATUS =
            new RpcMethod<>("PinTracker", "Status", Cid.class, PinInfo.class, Access.TRUSTED, false);
    /** Status of all pins on one peer. */
    public static final RpcMethod<StatusFilter, PinInfo> TRACKER_STATUS_ALL =
            new RpcMethod<>("PinTracker", "StatusAll", StatusFilter.class, PinInfo.class, Access.TRUSTED, true);
    /** The same, many rows at a time and in few bytes: peers of ours answer it, the reference has no such method. */
    public static final RpcMethod<StatusFilter, StatusRows> TRACKER_STATUS_ROWS =
            new RpcMethod<>("PinTracker", "StatusRows", StatusFilter.class, StatusRows.class, Access.TRUSTED, true);
    /** Recovers a CID on one peer. */
    public static final RpcMethod<Cid, PinInfo> TRACKER_RECOVER =
            new RpcMethod<>("PinTracker", "Recover", Cid.class, PinInfo.class, Access.TRUSTED, false);
    /** Sends blocks to one peer's IPFS node. */
    public static final RpcMethod<NodeWithMeta, Void> IPFS_BLOCK_STREAM =
            new RpcMethod<>("IPFSConnector", "BlockStream", NodeWithMeta.class, Void.class, Access.TRUSTED, true);
    /** Size of one peer's IPFS repository. */
    public static final RpcMethod<Void, RepoStat> IPFS_REPO_STAT =
            new RpcMethod<>("IPFSConnector", "RepoStat", Void.class, RepoStat.class, Access.TRUSTED, false);
    /** Nodes that one peer's IPFS node is connected to. */
    public static final RpcMethod<Void, PeerIds> IPFS_SWARM_PEERS =
            new RpcMethod<>("IPFSConnector", "SwarmPeers", Void.class, PeerIds.class, Access.TRUSTED, false);
    /** Asks the leader to add a pin. */
    public static final RpcMethod<Pin, Void> CONSENSUS_LOG_PIN =
            new RpcMethod<>("Consensus", "LogPin", Pin.class, Void.class, Access.TRUSTED, false);
    /** Asks the leader to remove a pin. */
    public static final RpcMethod<Pin, Void> CONSENSUS_LOG_UNPIN =
            new RpcMethod<>("Consensus", "LogUnpin", Pin.class, Void.class, Access.TRUSTED, false);
    /** Asks the leader to add a member. */
    public static final RpcMethod<PeerId, Void> CONSENSUS_ADD_PEER =
            new RpcMethod<>("Consensus", "AddPeer", PeerId.class, Void.class, Access.TRUSTED, false);
    /** Asks the leader to remove a member. */
    public static final RpcMethod<PeerId, Void> CONSENSUS_RM_PEER =
            new RpcMethod<>("Consensus", "RmPeer", PeerId.class, Void.class, Access.TRUSTED, false);

    private RpcMethods() {}
}
