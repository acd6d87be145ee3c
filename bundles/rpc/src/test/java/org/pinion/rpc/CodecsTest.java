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
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.pinion.rpc.Vectors.encoded;
import static org.pinion.rpc.Vectors.hex;
import static org.pinion.rpc.Vectors.in;
import static org.pinion.rpc.Vectors.written;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinType;
import org.pinion.spi.RepoGc;
import org.pinion.spi.RepoStat;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.rpc.NodeWithMeta;
import org.pinion.spi.rpc.PeerIds;
import org.pinion.spi.rpc.Version;

class CodecsTest {
    private static final String GROUP = "msgpack-api";

    @ParameterizedTest
    @ValueSource(
            strings = {"api.Pin full", "api.Pin direct everywhere, nil slices", "api.Pin cidv0, whole second timestamp"
            })
    void pinsAreReadAndWrittenByteForByte(String vector) throws IOException {
        byte[] bytes = hex(GROUP, vector);
        Pin pin = Codecs.of(Pin.class).read(in(bytes));
        assertThat(encoded(Pin.class, pin)).isEqualTo(bytes);
    }

    @Test
    void everyFieldOfAPinIsUnderstood() throws IOException {
        Pin pin = Codecs.of(Pin.class).read(in(hex(GROUP, "api.Pin full")));
        assertThat(pin.type()).isEqualTo(PinType.DATA);
        assertThat(pin.options().replicationMin()).isEqualTo(2);
        assertThat(pin.options().replicationMax()).isEqualTo(3);
        assertThat(pin.options().name()).isEqualTo("my pin");
        assertThat(pin.options().shardSize()).isEqualTo(104_857_600);
        assertThat(pin.options().userAllocations()).hasSize(1);
        assertThat(pin.options().expireAt()).isEqualTo(Instant.ofEpochSecond(1_700_003_600));
        assertThat(pin.options().metadata()).containsEntry("zkey", "zval");
        assertThat(pin.options().pinUpdate()).isNotNull();
        assertThat(pin.options().origins()).hasSize(1);
        assertThat(pin.reference()).isNotNull();
        assertThat(pin.timestamp()).isNotNull();
    }

    @Test
    void anEmptyListThatTheReferenceWritesMeansTheSameAsNone() throws IOException {
        Pin pin = Codecs.of(Pin.class).read(in(hex(GROUP, "api.Pin minimal as built by PinCid + zero timestamp")));
        assertThat(pin.allocations()).isEmpty();
        assertThat(pin.maxDepth()).isEqualTo(-1);
        assertThat(pin.options().mode()).isEqualTo(PinMode.RECURSIVE);
        assertThat(pin.timestamp()).isNull();
    }

    @Test
    void aPinWithoutACidIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.of(Pin.class).read(in(hex(GROUP, "api.Pin with undefined cid"))))
                .withMessageContaining("the pin's cid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"api.PinInfo pinned", "api.PinInfo pin_error"})
    void statusesAreReadAndWrittenByteForByte(String vector) throws IOException {
        byte[] bytes = hex(GROUP, vector);
        PinInfo info = Codecs.of(PinInfo.class).read(in(bytes));
        assertThat(encoded(PinInfo.class, info)).isEqualTo(bytes);
        TrackerStatus expected = vector.endsWith("pinned") ? TrackerStatus.PINNED : TrackerStatus.PIN_ERROR;
        assertThat(info.status().status()).isEqualTo(expected);
    }

    @Test
    void identitiesSurviveTheWayThroughBytes() throws IOException {
        PeerInfo info = Codecs.of(PeerInfo.class).read(in(hex(GROUP, "api.ID")));
        assertThat(Codecs.of(PeerInfo.class).read(in(encoded(PeerInfo.class, info))))
                .isEqualTo(info);
        assertThat(info.clusterPeers()).hasSize(2);
        assertThat(info.ipfs()).isNotNull();
    }

    @Test
    void anIdentityWhoseIpfsNodeIsDownIsUnderstood() throws IOException {
        PeerInfo info = Codecs.of(PeerInfo.class).read(in(hex(GROUP, "api.ID without ipfs (daemon down)")));
        assertThat(info.ipfs()).isNotNull();
        assertThat(info.ipfs().id()).isNull();
        assertThat(info.ipfs().error()).isNotEmpty();
    }

    @Test
    void smallTypesAreReadAndWrittenByteForByte() throws IOException {
        same(Version.class, "api.Version");
        same(RepoStat.class, "api.IPFSRepoStat");
        same(RepoStat.class, "api.IPFSRepoStat zero");
        same(RepoGc.class, "api.RepoGC");
        same(PeerIds.class, "[]peer.ID");
        same(PeerIds.class, "[]peer.ID empty");
        same(PeerId.class, "peer.ID");
        same(Cid.class, "api.Cid v0");
        same(Cid.class, "api.Cid v1");
    }

    @Test
    void blocksAreReadAndWrittenByteForByte() throws IOException {
        for (String vector : List.of("api.NodeWithMeta", "api.NodeWithMeta 40 byte data")) {
            byte[] bytes = hex(GROUP, vector);
            NodeWithMeta node = Codecs.of(NodeWithMeta.class).read(in(bytes));
            assertThat(encoded(NodeWithMeta.class, node)).isEqualTo(bytes);
        }
    }

    @Test
    void zeroValuesAreThoseOfTheReference() throws IOException {
        assertThat(zero(Pin.class)).isEqualTo(hex(GROUP, "api.Pin zero value"));
        assertThat(zero(PinInfo.class)).isEqualTo(hex(GROUP, "api.PinInfo zero value"));
        assertThat(zero(PeerInfo.class)).isEqualTo(hex(GROUP, "api.ID zero value"));
        assertThat(zero(RepoStat.class)).isEqualTo(hex(GROUP, "api.IPFSRepoStat zero"));
        assertThat(zero(PeerIds.class)).isEqualTo(hex(GROUP, "[]peer.ID nil"));
        assertThat(zero(Cid.class)).isEqualTo(hex(GROUP, "api.Cid undefined"));
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                127,
                128,
                255,
                256,
                32767,
                32768,
                65535,
                65536,
                2147483647L,
                2147483648L,
                1700000030000000000L,
                -1,
                -32,
                -33,
                -128,
                -129,
                -32768,
                -32769,
                -2147483648L,
                -2147483649L
            })
    void signedIntegersHaveTheReferencesForms(long value) throws IOException {
        byte[] bytes = hex(GROUP, "int64 " + value);
        assertThat(written(out -> out.signed(value))).isEqualTo(bytes);
        assertThat(in(bytes).integer()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 127, 128, 255, 256, 65535, 65536, 4294967295L, 4294967296L})
    void unsignedIntegersHaveTheReferencesForms(long value) throws IOException {
        byte[] bytes = hex(GROUP, "uint64 " + value);
        assertThat(written(out -> out.unsigned(value))).isEqualTo(bytes);
        assertThat(in(bytes).integer()).isEqualTo(value);
    }

    @Test
    void statusFiltersAreSignedIntegers() throws IOException {
        assertThat(encoded(StatusFilter.class, new StatusFilter(TrackerStatus.UNPINNED.bit())))
                .isEqualTo(hex(GROUP, "api.TrackerStatus unpinned = 128"));
        assertThat(Codecs.of(StatusFilter.class).read(in(hex(GROUP, "api.TrackerStatus queued = 1536"))))
                .isEqualTo(StatusFilter.parse("queued"));
    }

    @Test
    void timesHaveTheReferencesForms() throws IOException {
        Instant seconds = Instant.ofEpochSecond(1_700_000_000);
        Instant nanos = seconds.plusNanos(123_456_789);
        Instant early = Instant.ofEpochSecond(-1, 5);
        assertThat(written(out -> out.time(seconds))).isEqualTo(hex(GROUP, "time seconds"));
        assertThat(written(out -> out.time(nanos))).isEqualTo(hex(GROUP, "time nanoseconds"));
        assertThat(written(out -> out.time(early))).isEqualTo(hex(GROUP, "time before 1970"));
        assertThat(in(hex(GROUP, "time seconds")).time()).isEqualTo(seconds);
        assertThat(in(hex(GROUP, "time nanoseconds")).time()).isEqualTo(nanos);
        assertThat(in(hex(GROUP, "time before 1970")).time()).isEqualTo(early);
        assertThat(in(hex(GROUP, "time zero")).time()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"c4, bin8", "d9, str8"})
    void modernFormsOfBytesAreAcceptedToo(String header, String about) throws IOException {
        byte[] id = Codecs.of(PeerId.class).read(in(hex(GROUP, "peer.ID"))).bytes();
        byte[] bytes = HexFormat.of().parseHex(header + "26" + HexFormat.of().formatHex(id));
        assertThat(Codecs.of(PeerId.class).read(in(bytes)).bytes()).as(about).isEqualTo(id);
    }

    @Test
    void unknownFieldsArePassedOver() throws IOException {
        byte[] bytes = HexFormat.of().parseHex("83a17a93010203a176a5312e312e36a17981a16101");
        assertThat(Codecs.of(Version.class).read(in(bytes))).isEqualTo(new Version("1.1.6"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dbffffffff", "db00400001", "ddffffffff", "dfffffffff"})
    void lengthsBeyondTheLimitsAreRefusedBeforeAnythingIsAllocated(String hex) {
        MsgIn in = in(HexFormat.of().parseHex(hex));
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> {
                    if (hex.startsWith("db")) {
                        in.bytes();
                    } else if (hex.startsWith("dd")) {
                        in.peerIds();
                    } else {
                        in.texts();
                    }
                })
                .isInstanceOfAny(ProtocolException.class, IllegalArgumentException.class);
    }

    @Test
    void damagedMessagesFailAsBadInputOnly() {
        boolean longRun = Boolean.getBoolean("pinion.long");
        long seed = longRun ? System.nanoTime() : 20_261_122;
        Random random = new Random(seed);
        List<String> vectors =
                List.of("api.Pin full", "api.PinInfo pin_error", "api.ID", "api.RepoGC", "api.NodeWithMeta");
        List<Class<?>> types = List.of(Pin.class, PinInfo.class, PeerInfo.class, RepoGc.class, NodeWithMeta.class);
        for (int round = 0; round < (longRun ? 500_000 : 20_000); round++) {
            int which = random.nextInt(vectors.size());
            byte[] bytes = hex(GROUP, vectors.get(which));
            for (int damage = 0; damage <= random.nextInt(3); damage++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(8) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            try {
                Codecs.of(types.get(which)).read(in(bytes));
            } catch (IllegalArgumentException | ProtocolException | IOException expected) {
                assertThat(expected).as("seed %s round %s", seed, round).isNotNull();
            }
        }
    }

    private static <T> void same(Class<T> type, String vector) throws IOException {
        byte[] bytes = hex(GROUP, vector);
        assertThat(encoded(type, Codecs.of(type).read(in(bytes)))).as(vector).isEqualTo(bytes);
    }

    private static <T> byte[] zero(Class<T> type) throws IOException {
        return written(out -> Codecs.of(type).writeZero(out));
    }
}
