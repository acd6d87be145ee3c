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
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.rpc.Rig.LIMIT;
import static org.pinion.rpc.Rig.cid;
import static org.pinion.rpc.Rig.stub;
import static org.pinion.rpc.Vectors.in;
import static org.pinion.rpc.Vectors.written;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamInput;
import org.pinion.rpc.Frames.ServiceId;
import org.pinion.spi.PinInfo;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.pintracker.PinTracker;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.RpcMethods;

/** Callers and servers that mean harm, and calls that are given up: others notice nothing, nothing hangs. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostilePeersTest {
    private static final int ROUNDS = Boolean.getBoolean("pinion.long") ? 50_000 : 300;

    private Rig rig;
    private Host friend;

    @BeforeEach
    void open() throws IOException {
        rig = new Rig();
        friend = Rig.host();
        friend.connect(rig.there.id(), rig.there.addresses())
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void close() {
        friend.close();
        rig.close();
    }

    /** Another peer is served meanwhile. */
    private void friendIsServed() throws IOException {
        Stream stream = rig.open(friend);
        byte[] request = written(out -> {
            Frames.writeServiceId(out, ServiceId.of(RpcMethods.CLUSTER_VERSION));
            out.emptyMap();
        });
        stream.write(ByteBuffer.wrap(request)).toCompletableFuture().join();
        byte[] answer = new StreamInput(stream, LIMIT).readAllBytes();
        assertThat(Frames.readResponse(in(answer)).failed()).isFalse();
    }

    private static byte[] request(String service, String method, String argumentHex) throws IOException {
        byte[] argument = HexFormat.of().parseHex(argumentHex);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(written(out -> Frames.writeServiceId(out, new ServiceId(service, method))));
        all.writeBytes(argument);
        return all.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "PinTracker, Status, dbffffffff",
        "PinTracker, Status, c6ffffffff",
        "PinTracker, Status, da0401",
        "Consensus, LogPin, dfffffffff",
        "Consensus, LogPin, df7fffffff",
        "Consensus, LogPin, 81a161ddffffffff",
        "Consensus, LogPin, 81a161dd7fffffff",
        "Consensus, LogPin, 81a16ddf7fffffff",
        "Consensus, LogPin, 81a16edbffffffff",
        "Cluster, PeerAdd, db00ffffff"
    })
    void lengthsOfGigabytesAreRefusedAtOnce(String service, String method, String argument) throws IOException {
        Stream stream = rig.open(rig.here);
        stream.write(ByteBuffer.wrap(request(service, method, argument)))
                .toCompletableFuture()
                .join();
        try {
            byte[] answer = new StreamInput(stream, LIMIT).readAllBytes();
            assertThat(Frames.readResponse(in(answer)).errorType()).isEqualTo(1);
        } catch (NetworkException reset) {
            assertThat(reset.reason()).isEqualTo(NetworkException.Reason.RESET);
        }
        friendIsServed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"91", "81a17a", "c7"})
    void nestingWithoutEndIsCutAtTheLimitOfAValue(String piece) throws IOException {
        Stream stream = rig.open(rig.here);
        byte[] head = request("Cluster", "Version", "");
        stream.write(ByteBuffer.wrap(head)).toCompletableFuture().join();
        byte[] pieces = HexFormat.of().parseHex(piece.repeat((64 << 10) / (piece.length() / 2)));
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 2 * (MsgIn.MAX_VALUE_BYTES / pieces.length) + 256; i++) {
                        stream.write(ByteBuffer.wrap(pieces))
                                .toCompletableFuture()
                                .get(20, TimeUnit.SECONDS);
                    }
                    byte[] answer = new StreamInput(stream, LIMIT).readAllBytes();
                    Frames.Response refused = Frames.readResponse(in(answer));
                    throw refused.exception();
                })
                .isInstanceOf(Exception.class);
        friendIsServed();
    }

    @Test
    void longNamesAreNotGivenBack() throws IOException {
        Stream stream = rig.open(rig.here);
        byte[] request = written(out -> Frames.writeServiceId(out, new ServiceId("x".repeat(100_000), "y")));
        stream.write(ByteBuffer.wrap(request)).toCompletableFuture().join();
        assertThatThrownBy(() -> new StreamInput(stream, LIMIT).readAllBytes()).isInstanceOf(NetworkException.class);
        friendIsServed();
    }

    @Test
    void callsWithoutEndWaitInABoundedQueueAndTheRestIsReset() throws Exception {
        CountDownLatch asked = new CountDownLatch(RpcServer.MAX_CALLS_OF_A_PEER);
        CompletableFuture<PinInfo> answer = new CompletableFuture<>();
        rig.components.tracker = stub(PinTracker.class, "status", args -> {
            asked.countDown();
            return answer.copy();
        });
        byte[] request = written(out -> {
            Frames.writeServiceId(out, ServiceId.of(RpcMethods.TRACKER_STATUS));
            Codecs.of(Cid.class).write(out, cid(1));
        });
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < RpcServer.MAX_CALLS_OF_A_PEER + 20; i++) {
            Stream stream = rig.open(rig.here);
            stream.write(ByteBuffer.wrap(request)).toCompletableFuture().join();
            streams.add(stream);
        }
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        friendIsServed();
        PinInfo info = Codecs.of(PinInfo.class).read(in(Vectors.hex("msgpack-api", "api.PinInfo pinned")));
        answer.complete(info);
        for (Stream stream : streams) {
            MsgIn in = new MsgIn(new StreamInput(stream, LIMIT));
            assertThat(Frames.readResponse(in).failed()).isFalse();
            assertThat(Codecs.of(PinInfo.class).read(in)).isEqualTo(info);
        }
    }

    @Test
    void aCallerThatNeverReadsHoldsNoMoreThanTheWindowOfItsStream() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        PinInfo info = Codecs.of(PinInfo.class).read(in(Vectors.hex("msgpack-api", "api.PinInfo pinned")));
        int[] pulled = {0};
        rig.components.tracker = stub(PinTracker.class, "statusAll", args -> new Cursor<PinInfo>() {
            @Override
            public PinInfo next() {
                pulled[0]++;
                return info;
            }

            @Override
            public void close() {
                closed.countDown();
            }
        });
        Stream stream = rig.open(rig.here);
        stream.write(ByteBuffer.wrap(request("PinTracker", "StatusAll", "00")))
                .toCompletableFuture()
                .join();
        stream.closeWrite();
        MsgIn first = new MsgIn(new StreamInput(stream, LIMIT));
        assertThat(Frames.readResponse(first).failed()).isFalse();
        friendIsServed();
        stream.reset(Stream.RESET_NONE);
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat((long) pulled[0] * 300).isLessThan(64L << 20);
    }

    @Test
    void aCallerThatResetsEndsTheMethodThatRuns() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<PinInfo> running = new CompletableFuture<>();
        rig.components.tracker = stub(PinTracker.class, "recover", args -> {
            begun.countDown();
            return running;
        });
        CompletableFuture<PinInfo> call = rig.client.call(rig.there.id(), RpcMethods.TRACKER_RECOVER, cid(1), LIMIT);
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(call.cancel(true)).isTrue();
        assertThatThrownBy(() -> running.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        friendIsServed();
    }

    @Test
    void aCallerThatDisconnectsEndsTheMethodThatRuns() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<PinInfo> running = new CompletableFuture<>();
        rig.components.tracker = stub(PinTracker.class, "recover", args -> {
            begun.countDown();
            return running;
        });
        CompletableFuture<PinInfo> call = rig.client.call(rig.there.id(), RpcMethods.TRACKER_RECOVER, cid(1), LIMIT);
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        rig.here.disconnect(rig.there.id());
        assertThatThrownBy(() -> running.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(call::get).hasCauseInstanceOf(RpcException.class);
        friendIsServed();
    }

    @Test
    void aCallerThatOnlyEndsItsDataStillGetsItsAnswer() throws Exception {
        PinInfo info = Codecs.of(PinInfo.class).read(in(Vectors.hex("msgpack-api", "api.PinInfo pinned")));
        CompletableFuture<PinInfo> running = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        rig.components.tracker = stub(PinTracker.class, "status", args -> {
            begun.countDown();
            return running;
        });
        Stream stream = rig.open(rig.here);
        byte[] request = written(out -> {
            Frames.writeServiceId(out, ServiceId.of(RpcMethods.TRACKER_STATUS));
            out.bytes(cid(1).bytes());
        });
        stream.write(ByteBuffer.wrap(request)).toCompletableFuture().join();
        stream.closeWrite().toCompletableFuture().join();
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        running.complete(info);
        MsgIn in = new MsgIn(new StreamInput(stream, LIMIT));
        assertThat(Frames.readResponse(in).failed()).isFalse();
        assertThat(Codecs.of(PinInfo.class).read(in)).isEqualTo(info);
    }

    @ParameterizedTest
    @CsvSource({
        "80dbffffffff",
        "80ddffffffff",
        "80dfffffffff",
        "dfffffffff",
        "81a54572726f72dbffffffff",
        "8005",
        "ffffff",
        "c1",
        "80"
    })
    void anAnswerThatIsNonsenseFailsThatCallOnly(String answer) {
        rig.server.close();
        rig.there.handle(Versions.RPC_PROTOCOL, stream -> {
            stream.write(ByteBuffer.wrap(HexFormat.of().parseHex(answer)));
            stream.closeWrite();
        });
        assertThatThrownBy(() -> rig.client
                        .call(rig.there.id(), RpcMethods.CLUSTER_ID, null, LIMIT)
                        .get())
                .hasCauseInstanceOf(RpcException.class)
                .hasMessageContaining(rig.there.id().toString());
    }

    @Test
    void randomRequestsAreAnsweredOrResetAndOthersAreServed() throws IOException {
        long seed = Boolean.getBoolean("pinion.long") ? System.nanoTime() : 20_261_122;
        Random random = new Random(seed);
        List<byte[]> requests = new ArrayList<>();
        for (String name : Vectors.names("gorpc")) {
            if (!name.startsWith("response")) {
                requests.add(Vectors.hex("gorpc", name));
            }
        }
        rig.trust(false);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] request = requests.get(random.nextInt(requests.size())).clone();
            for (int damage = 0; damage <= random.nextInt(4); damage++) {
                request[random.nextInt(request.length)] = (byte) random.nextInt(256);
            }
            try {
                rig.exchange(Arrays.copyOf(request, random.nextInt(request.length + 1)), true);
            } catch (NetworkException reset) {
                assertThat(reset.reason()).as("seed %s", seed).isEqualTo(NetworkException.Reason.RESET);
            }
        }
        friendIsServed();
    }
}
