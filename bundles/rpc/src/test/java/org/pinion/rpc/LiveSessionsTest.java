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

import static org.assertj.core.api.Assertions.assertThat;
import static org.pinion.rpc.Rig.LIMIT;
import static org.pinion.rpc.Rig.stub;
import static org.pinion.rpc.Vectors.hex;
import static org.pinion.rpc.Vectors.in;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.libp2p.api.StreamInput;
import org.pinion.rpc.Frames.ServiceId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.PinInfo;
import org.pinion.spi.RepoStat;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.consensus.Membership;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsBlocks;
import org.pinion.spi.ipfsconnector.IpfsRepo;
import org.pinion.spi.ipfsconnector.IpfsSwarm;
import org.pinion.spi.pintracker.PinTracker;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.RpcMethod;
import org.pinion.spi.rpc.RpcMethods;
import org.pinion.spi.rpc.Version;

/**
 * Sessions recorded from a live peer of the reference, played again: our server gets what it was sent and has to answer
 * with the same bytes, and our client has to understand what it answered.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LiveSessionsTest {
    private static final String LIVE = "live-streams";
    /** Sessions whose answer tells the reference's version, or texts and repetitions of its own decoder. */
    private static final List<String> OWN_TEXTS = List.of(
            "live: Cluster.Version",
            "live: Cluster.Version, half closed by caller right away",
            "live: Cluster.Version, argument nil instead of empty map",
            "live: garbage instead of a service id",
            "live: PinTracker.Status with a bad cid",
            "live: PinTracker.StatusAll filter 0",
            "live: PinTracker.StatusAll without any filter then half close",
            "live: Cluster.ID, half closed by caller right away");

    private Rig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new Rig();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    static List<String> sameBytes() {
        List<String> names = new ArrayList<>(Vectors.names(LIVE));
        names.removeAll(OWN_TEXTS);
        return names;
    }

    /** The components answer what the recorded answer says. */
    @ParameterizedTest
    @MethodSource("sameBytes")
    void aRecordedRequestIsAnsweredWithTheRecordedBytes(String session) throws IOException {
        byte[] sent = hex(LIVE, session, "sent");
        byte[] received = hex(LIVE, session, "received");
        answerLike(received);
        byte[] answer = rig.exchange(sent, session.contains("tream") || session.contains("half"));
        MsgIn expected = in(received);
        MsgIn actual = in(answer);
        while (!expected.atEnd()) {
            assertThat(Frames.readResponse(actual)).isEqualTo(Frames.readResponse(expected));
            assertThat(body(session, actual)).isEqualTo(body(session, expected));
        }
        assertThat(actual.atEnd()).isTrue();
        if (!session.contains("Cluster.")) {
            assertThat(answer).isEqualTo(received);
        }
    }

    /** Results are compared as values: the reference writes empty lists that are there, and we leave them out. */
    private static Object body(String session, MsgIn in) throws IOException {
        if (session.contains("Cluster.ID") || session.contains("Cluster.Pe")) {
            return Codecs.of(PeerInfo.class).read(in);
        }
        in.skip();
        return "passed over";
    }

    private void answerLike(byte[] received) throws IOException {
        Peers peers = null;
        ServiceId id = service(received);
        MsgIn in = in(received);
        Frames.Response head = Frames.readResponse(in);
        switch (id.toString()) {
            case "Cluster.ID", "Cluster.IDStream" -> peers = unary(Peers.class, "id", PeerInfo.class, in);
            case "Cluster.PeerAdd" -> peers = unary(Peers.class, "add", PeerInfo.class, in);
            case "Cluster.Peers" -> {
                List<PeerInfo> all =
                        new ArrayList<>(List.of(Codecs.of(PeerInfo.class).read(in)));
                while (!in.atEnd()) {
                    Frames.readResponse(in);
                    all.add(Codecs.of(PeerInfo.class).read(in));
                }
                peers = stub(Peers.class, "list", args -> Cursor.of(all));
            }
            case "PinTracker.Status" -> rig.components.tracker = unary(PinTracker.class, "status", PinInfo.class, in);
            case "PinTracker.Recover" -> rig.components.tracker = unary(PinTracker.class, "recover", PinInfo.class, in);
            case "IPFSConnector.RepoStat" -> rig.components.repo = unary(IpfsRepo.class, "stat", RepoStat.class, in);
            case "IPFSConnector.SwarmPeers" ->
                rig.components.swarm = stub(
                        IpfsSwarm.class,
                        "swarmPeers",
                        args -> CompletableFuture.failedFuture(new ClusterException(ErrorCode.INTERNAL, head.error())));
            case "Consensus.AddPeer" ->
                rig.components.membership =
                        stub(Membership.class, "addPeer", args -> CompletableFuture.completedFuture(null));
            case "Consensus.RmPeer" ->
                rig.components.membership = stub(
                        Membership.class,
                        "removePeer",
                        args -> CompletableFuture.failedFuture(new ClusterException(ErrorCode.INTERNAL, head.error())));
            default -> assertThat(head.failed()).as("%s", id).isTrue();
        }
        rig.components.peers = peers;
    }

    private static <C, T> C unary(Class<C> component, String method, Class<T> type, MsgIn in) throws IOException {
        T result = Codecs.of(type).read(in);
        return stub(component, method, args -> CompletableFuture.completedFuture(result));
    }

    private static ServiceId service(byte[] received) throws IOException {
        ServiceId[] id = {new ServiceId("", "")};
        MsgIn in = in(received);
        in.fields(name -> {
            if (!name.equals("Service")) {
                return false;
            }
            id[0] = Frames.readServiceId(in);
            return true;
        });
        return id[0];
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "live: Cluster.Version",
                "live: Cluster.Version, half closed by caller right away",
                "live: Cluster.Version, argument nil instead of empty map"
            })
    void theVersionIsOursInTheSameForm(String session) throws IOException {
        MsgIn in = in(rig.exchange(hex(LIVE, session, "sent"), session.contains("half")));
        assertThat(Frames.readResponse(in).failed()).isFalse();
        assertThat(Codecs.of(Version.class).read(in)).isEqualTo(new Version(Versions.FULL));
        assertThat(in.atEnd()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "live: PinTracker.StatusAll filter 0",
                "live: PinTracker.StatusAll without any filter then half close"
            })
    void anEmptyTrackerAnswersWithTheEndAlone(String session) throws IOException {
        rig.components.tracker = stub(PinTracker.class, "statusAll", args -> Cursor.empty());
        assertThat(rig.exchange(hex(LIVE, session, "sent"), true)).isEqualTo(hex(LIVE, session, "received"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"live: garbage instead of a service id", "live: PinTracker.Status with a bad cid"})
    void whatCannotBeReadIsAFaultOfTheServerKindWithTheReasonAndNoBody(String session) throws IOException {
        MsgIn in = in(rig.exchange(hex(LIVE, session, "sent"), false));
        Frames.Response answer = Frames.readResponse(in);
        Frames.Response recorded = Frames.readResponse(in(hex(LIVE, session, "received")));
        assertThat(answer.errorType()).isEqualTo(recorded.errorType()).isEqualTo(1);
        if (session.contains("garbage")) {
            assertThat(answer.error()).startsWith("error reading service ID: ");
            assertThat(recorded.error()).startsWith("error reading service ID: ");
        }
        in.skip();
        assertThat(in.atEnd()).isTrue();
    }

    @Test
    void aStreamOfNoBlocksFailsAsTheReferenceDoesAndOneGoodBlockEndsInSilence() throws IOException {
        rig.components.blocks = stub(IpfsBlocks.class, "putBlocks", args -> {
            Cursor<?> blocks = (Cursor<?>) args[0];
            while (blocks.next() != null) {}
            return CompletableFuture.completedFuture(null);
        });
        byte[] open = Vectors.written(out -> Frames.writeServiceId(out, ServiceId.of(RpcMethods.IPFS_BLOCK_STREAM)));
        assertThat(rig.exchange(open, true))
                .isEqualTo(hex("live-checks", "BlockStream with zero blocks, half closed", "received"));
        byte[] one = hex("gorpc", "stream open IPFSConnector.BlockStream with one block (then half close)");
        assertThat(rig.exchange(one, true))
                .isEqualTo(hex("live-checks", "BlockStream with one good block, half closed", "received"));
    }

    /** Every recorded answer of one result, given to our client by a server that only plays it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "live: Cluster.Version",
                "live: Cluster.ID",
                "live: Cluster.ID, half closed by caller right away",
                "live: PinTracker.Status of an unknown cid",
                "live: PinTracker.Recover of an unknown cid",
                "live: IPFSConnector.RepoStat",
                "live: IPFSConnector.SwarmPeers",
                "live: Consensus.AddPeer (crdt: no-op)",
                "live: Consensus.RmPeer (crdt: error)",
                "live: Cluster.PeerAdd(me)"
            })
    void ourCallGetsWhatTheReferenceAnsweredAndSendsWhatItWasSent(String session) throws Exception {
        byte[] received = hex(LIVE, session, "received");
        CompletableFuture<byte[]> request = play(hex(LIVE, session, "sent").length, received);
        MsgIn recorded = in(received);
        Frames.Response head = Frames.readResponse(recorded);
        RpcMethod<?, ?> method = method(service(received));
        CompletableFuture<?> call = call(method, hex(LIVE, session, "sent"));
        if (head.failed()) {
            Throwable failure = call.handle((value, error) -> error).get();
            assertThat(failure).isInstanceOf(RpcException.class).hasMessageContaining(head.error());
        } else if (method.result() != Void.class) {
            assertThat(call.get()).isEqualTo(Codecs.of(method.result()).read(recorded));
        } else {
            assertThat(call.get()).isNull();
        }
        assertThat(request.get()).isEqualTo(hex(LIVE, session, "sent"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"live: Cluster.IDStream with half close", "live: Cluster.Peers (stream)"})
    void ourStreamGetsWhatTheReferenceSent(String session) throws Exception {
        byte[] received = hex(LIVE, session, "received");
        byte[] sent = hex(LIVE, session, "sent");
        CompletableFuture<byte[]> request = play(sent.length, received);
        MsgIn recorded = in(received);
        RpcMethod<Void, PeerInfo> method =
                session.contains("IDStream") ? RpcMethods.CLUSTER_ID_STREAM : RpcMethods.CLUSTER_PEERS;
        try (Cursor<PeerInfo> results = rig.client.stream(rig.there.id(), method, Cursor.empty(), LIMIT)) {
            while (!recorded.atEnd()) {
                Frames.readResponse(recorded);
                assertThat(results.next()).isEqualTo(Codecs.of(PeerInfo.class).read(recorded));
            }
            assertThat(results.next()).isNull();
        }
        assertThat(request.get()).isEqualTo(sent);
    }

    /** Instead of our server: takes a request and plays an answer. */
    private CompletableFuture<byte[]> play(int requestBytes, byte[] answer) {
        CompletableFuture<byte[]> request = new CompletableFuture<>();
        rig.server.close();
        rig.there.handle(
                Versions.RPC_PROTOCOL,
                stream -> rig.executors.workers("play", 1, 1).execute(() -> {
                    try {
                        request.complete(new StreamInput(stream, LIMIT).readNBytes(requestBytes));
                        stream.write(ByteBuffer.wrap(answer))
                                .toCompletableFuture()
                                .get();
                        stream.closeWrite();
                    } catch (IOException | InterruptedException | ExecutionException failed) {
                        request.completeExceptionally(failed);
                    }
                }));
        return request;
    }

    private <A> CompletableFuture<?> call(RpcMethod<A, ?> method, byte[] sent) throws IOException {
        A argument = null;
        if (method.argument() != Void.class) {
            MsgIn in = in(sent);
            Frames.readServiceId(in);
            argument = Codecs.of(method.argument()).read(in);
        }
        return rig.client.call(rig.there.id(), method, argument, LIMIT);
    }

    private static RpcMethod<?, ?> method(ServiceId id) {
        return List.<RpcMethod<?, ?>>of(
                        RpcMethods.CLUSTER_VERSION,
                        RpcMethods.CLUSTER_ID,
                        RpcMethods.CLUSTER_PEER_ADD,
                        RpcMethods.TRACKER_STATUS,
                        RpcMethods.TRACKER_RECOVER,
                        RpcMethods.IPFS_REPO_STAT,
                        RpcMethods.IPFS_SWARM_PEERS,
                        RpcMethods.CONSENSUS_ADD_PEER,
                        RpcMethods.CONSENSUS_RM_PEER)
                .stream()
                .filter(method -> ServiceId.of(method).equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(id));
    }

    @Test
    void whoIsNotTrustedGetsWhatTheReferenceTellsThoseItDoesNotTrust() throws IOException {
        rig.trust(false);
        rig.components.peers = stub(
                Peers.class,
                "id",
                args -> CompletableFuture.failedFuture(new ClusterException(ErrorCode.INTERNAL, "not asked for")));
        for (var row : Vectors.decoded("live-untrusted-peer", "what a crdt peer that does not trust us answers")) {
            String name = row.get("name").asText();
            int type = row.get("err_type").asInt();
            if (type != 3) {
                continue;
            }
            byte[] sent = hex(LIVE, "live: " + name, "sent");
            byte[] answer = rig.exchange(sent, true);
            Frames.Response head = Frames.readResponse(in(answer));
            assertThat(head.errorType()).as(name).isEqualTo(type);
            assertThat(head.error()).as(name).isEqualTo(row.get("error").asText());
        }
    }
}
