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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.ipld.multiformats.Multibase;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.gossipsub.Rpc.Control;
import org.pinion.libp2p.gossipsub.Rpc.Have;
import org.pinion.libp2p.gossipsub.Rpc.Prune;
import org.pinion.libp2p.gossipsub.Rpc.Subscription;

class RpcCodecTest {
    private static final String METRICS = "monitor.metrics";
    private static final String CRDT = "fzhnp2UwTBkgNabrJi1VanzwgN";
    private static final MessageId ID = MessageId.of(
            Vectors.hex(Vectors.pubsub("signed message (metric)").get("decoded").get("message_id_24_bytes")));

    private static byte[] framed(Rpc rpc) {
        ByteBuffer frame = MessageWriter.frame(RpcCodec.encode(rpc));
        return Arrays.copyOf(frame.array(), frame.limit());
    }

    @Test
    void framesWrittenAreThoseOfTheReference() {
        assertThat(framed(Rpc.subscriptions(List.of(new Subscription(true, METRICS), new Subscription(true, CRDT)))))
                .isEqualTo(Vectors.bytes("hello RPC subscribing both topics"));
        assertThat(framed(Rpc.subscriptions(List.of(new Subscription(false, METRICS)))))
                .isEqualTo(Vectors.bytes("unsubscribe"));
        assertThat(framed(Rpc.control(Control.mesh(List.of(METRICS), List.of()))))
                .isEqualTo(Vectors.bytes("GRAFT"));
        assertThat(framed(Rpc.control(Control.mesh(List.of(), List.of(new Prune(METRICS, List.of(), 10))))))
                .isEqualTo(Vectors.bytes("PRUNE on unsubscribe (backoff 10)"));
        assertThat(framed(Rpc.control(Control.have(new Have(METRICS, List.of(ID))))))
                .isEqualTo(Vectors.bytes("IHAVE"));
        assertThat(framed(Rpc.control(Control.want(List.of(ID))))).isEqualTo(Vectors.bytes("IWANT"));
        assertThat(framed(Rpc.control(Control.dontWant(ID)))).isEqualTo(Vectors.bytes("IDONTWANT"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello RPC subscribing both topics",
                "publish RPC",
                "GRAFT",
                "PRUNE backoff 60 with one px peer",
                "PRUNE on unsubscribe (backoff 10)",
                "IHAVE",
                "IWANT",
                "IDONTWANT",
                "unsubscribe"
            })
    void framesOfTheReferenceStayTheSameWhenReadAndWritten(String name) {
        assertThat(framed(RpcCodec.decode(Vectors.frame(name)))).isEqualTo(Vectors.bytes(name));
    }

    @Test
    void framesOfARealSessionAreUnderstood() {
        List<Rpc> received =
                Vectors.live("received").stream().map(RpcCodec::decode).toList();

        assertThat(received.get(0).subscriptions())
                .containsExactly(new Subscription(true, METRICS), new Subscription(true, CRDT));
        for (byte[] frame : Vectors.live("received")) {
            assertThat(RpcCodec.encode(RpcCodec.decode(frame))).isEqualTo(frame);
        }
        assertThat(received.stream().flatMap(rpc -> rpc.publish().stream()))
                .hasSizeGreaterThan(5)
                .allSatisfy(message -> assertThat(new Authors().of(message)).isPresent());
    }

    @Test
    void framesThatARealSessionAcceptedAreUnderstoodToo() {
        List<Rpc> sent = Vectors.live("sent").stream().map(RpcCodec::decode).toList();

        assertThat(sent.get(0).subscriptions())
                .containsExactly(new Subscription(true, METRICS), new Subscription(true, CRDT));
        assertThat(sent.get(1).control().graft()).containsExactly(METRICS, CRDT);
        assertThat(sent.stream().flatMap(rpc -> rpc.publish().stream()))
                .isNotEmpty()
                .allSatisfy(message -> assertThat(new Authors().of(message)).isPresent());
        for (byte[] frame : Vectors.live("sent").subList(1, Vectors.live("sent").size())) {
            // all but the hello, in which the reference accepts fewer fields than it writes itself
            assertThat(RpcCodec.encode(RpcCodec.decode(frame))).isEqualTo(frame);
        }
    }

    @Test
    void extensionsOfNewerPeersAreSkipped() {
        byte[] extensions = {3 << 3 | 2, 4, 6 << 3 | 2, 2, 1 << 3, 1};
        assertThat(RpcCodec.decode(extensions).control().isEmpty()).isTrue();
    }

    @Test
    void pruneKeepsBackOffAndPeersWithTheirRecords() {
        Prune prune = RpcCodec.decode(Vectors.frame("PRUNE backoff 60 with one px peer"))
                .control()
                .prune()
                .get(0);

        assertThat(prune.topic()).isEqualTo(METRICS);
        assertThat(prune.backOffSeconds()).isEqualTo(60);
        assertThat(prune.peers()).hasSize(1);
        assertThat(prune.peers().get(0).signedRecord()).hasSizeGreaterThan(100);
    }

    @Test
    void topicNameInTheVectorsIsBase58OfTheHashOfTheClusterName() {
        byte[] hash = Vectors.bytes("crdt topic name for cluster_name 'ipfs-cluster'");
        assertThat(Multibase.base58(hash)).isEqualTo(CRDT);
        String other = "crdt topic name for cluster_name 'mycluster'";
        assertThat(Multibase.base58(Vectors.bytes(other)))
                .isEqualTo(Vectors.pubsub(other).get("decoded").asText());
    }

    @Test
    void unknownFieldsAreSkipped() {
        byte[] graft = Vectors.frame("GRAFT");
        byte[] withExtension = Arrays.copyOf(graft, graft.length + 3);
        withExtension[graft.length] = 10 << 3 | 2;
        withExtension[graft.length + 1] = 1;

        assertThat(RpcCodec.decode(withExtension)).isEqualTo(RpcCodec.decode(graft));
    }

    @Test
    void cutFramesAreRefusedOrRead() {
        byte[] frame = Vectors.frame("PRUNE backoff 60 with one px peer");
        for (int length = 1; length < frame.length; length++) {
            byte[] cut = Arrays.copyOf(frame, length);
            assertThatThrownBy(() -> RpcCodec.decode(cut)).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void garbageNeverCausesAnythingButAProtocolError() {
        boolean longRun = Boolean.getBoolean("pinion.long");
        int rounds = longRun ? 1_000_000 : 20_000;
        long seed = longRun ? System.nanoTime() : 7;
        Random random = new Random(seed);
        for (int i = 0; i < rounds; i++) {
            byte[] garbage = new byte[random.nextInt(64)];
            random.nextBytes(garbage);
            try {
                RpcCodec.decode(garbage);
            } catch (ProtocolException e) {
                assertThat(e.action()).as("seed %s", seed).isEqualTo(ProtocolException.Action.RESET_STREAM);
            }
        }
        List<byte[]> valid = new ArrayList<>(Vectors.live("received"));
        valid.add(Vectors.frame("PRUNE backoff 60 with one px peer"));
        valid.add(Vectors.frame("IHAVE"));
        for (int i = 0; i < rounds; i++) {
            byte[] broken = valid.get(random.nextInt(valid.size())).clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            try {
                RpcCodec.decode(broken);
            } catch (ProtocolException e) {
                assertThat(e.action()).as("seed %s", seed).isEqualTo(ProtocolException.Action.RESET_STREAM);
            }
        }
    }

    @Test
    void aFrameOfVeryManyEmptyElementsIsRefused() {
        byte[] many = new byte[2 * (RpcCodec.MAX_ELEMENTS + 1)];
        for (int i = 0; i < many.length; i += 2) {
            many[i] = 2 << 3 | 2;
        }
        assertThatThrownBy(() -> RpcCodec.decode(many))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(String.valueOf(RpcCodec.MAX_ELEMENTS));
    }
}
