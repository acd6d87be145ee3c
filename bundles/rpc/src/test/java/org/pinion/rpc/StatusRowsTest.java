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
import static org.pinion.rpc.Vectors.encoded;
import static org.pinion.rpc.Vectors.hex;
import static org.pinion.rpc.Vectors.in;
import static org.pinion.rpc.Vectors.written;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.PinInfo;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.StatusRows;

class StatusRowsTest {
    private static PinInfo row(String vector) throws IOException {
        return Codecs.of(PinInfo.class).read(in(hex("msgpack-api", vector)));
    }

    private static Cid cid(int number) {
        return Cid.v1(Cid.RAW, Multihash.sha256(new byte[] {(byte) number, (byte) (number >> 8)}));
    }

    private static PinInfo named(PinInfo row, int number, String name) {
        return new PinInfo(
                cid(number),
                name,
                row.peer(),
                row.allocations(),
                row.origins(),
                row.created(),
                row.metadata(),
                row.status());
    }

    private static PinInfo bare(PinInfo row) {
        return new PinInfo(
                cid(7),
                "",
                row.peer(),
                List.of(),
                List.of(),
                null,
                new TreeMap<>(),
                new PeerPinStatus("", null, List.of(), TrackerStatus.UNPINNED, null, "", 0, false));
    }

    private static PinInfo full(PinInfo row) {
        return new PinInfo(
                cid(8),
                "full",
                row.peer(),
                List.of(row.peer()),
                row.status().ipfsAddresses(),
                Instant.ofEpochSecond(1_700_000_000, 5),
                new TreeMap<>(Map.of("key", "value", "other", "")),
                new PeerPinStatus(
                        "peer",
                        row.peer(),
                        row.status().ipfsAddresses(),
                        TrackerStatus.PIN_ERROR,
                        Instant.ofEpochSecond(1_800_000_000),
                        "broken",
                        300,
                        true));
    }

    private static PinInfo withoutMetadata(PinInfo row) {
        return new PinInfo(
                row.cid(),
                row.name(),
                row.peer(),
                row.allocations(),
                row.origins(),
                row.created(),
                new TreeMap<>(),
                row.status());
    }

    @Test
    void everyFieldSurvivesWhetherItAppearsStaysOrGoesBetweenRows() throws IOException {
        PinInfo pinned = row("api.PinInfo pinned");
        PinInfo failed = row("api.PinInfo pin_error");
        List<PinInfo> rows = List.of(
                bare(pinned), full(pinned), named(full(pinned), 9, "next"), bare(failed), pinned, failed, full(failed));
        StatusRows read = Codecs.of(StatusRows.class).read(in(encoded(StatusRows.class, new StatusRows(rows))));
        assertThat(read.rows()).isEqualTo(rows);
    }

    @Test
    void whatIsAsInTheRowBeforeTakesNoBytesAndIsTheSameObject() throws IOException {
        PinInfo first = withoutMetadata(full(row("api.PinInfo pinned")));
        byte[] one = encoded(StatusRows.class, new StatusRows(List.of(first)));
        byte[] two = encoded(StatusRows.class, new StatusRows(List.of(first, named(first, 9, first.name()))));
        assertThat(two.length - one.length).isEqualTo(1 + 2 + 3 + first.cid().size()); // map, "c", head, CID
        List<PinInfo> rows = Codecs.of(StatusRows.class).read(in(two)).rows();
        assertThat(rows.get(1).status()).isSameAs(rows.get(0).status());
    }

    @Test
    void equalPeersOfOneAnswerAreOneObject() throws IOException {
        PinInfo first = full(row("api.PinInfo pinned"));
        MsgIn in = in(written(out -> {
            Codecs.of(PinInfo.class).write(out, first);
            Codecs.of(PinInfo.class).write(out, named(first, 9, "next"));
        }));
        PinInfo read = Codecs.of(PinInfo.class).read(in);
        PinInfo next = Codecs.of(PinInfo.class).read(in);
        assertThat(next.peer()).isSameAs(read.peer());
        assertThat(next.status().ipfsAddresses()).isSameAs(read.status().ipfsAddresses());
        assertThat(next.allocations()).isEqualTo(first.allocations());
    }

    @Test
    void groupsAreBoundedByRowsAndByTheirTexts() throws IOException {
        PinInfo row = bare(row("api.PinInfo pinned"));
        List<PinInfo> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rows.add(named(row, i, "small"));
        }
        rows.add(named(row, 100, "x".repeat(300_000)));
        rows.add(named(row, 101, "small"));
        List<Integer> sizes = new ArrayList<>();
        try (Cursor<StatusRows> groups = new StatusBatches(Cursor.of(rows))) {
            for (StatusRows group = groups.next(); group != null; group = groups.next()) {
                sizes.add(group.rows().size());
            }
        }
        assertThat(sizes).containsExactly(64, 37, 1);
    }

    @Test
    void aGroupOfTooManyRowsIsRefused() throws IOException {
        PinInfo row = bare(row("api.PinInfo pinned"));
        List<PinInfo> rows = Collections.nCopies(StatusRowsCodec.MAX_ROWS + 1, row);
        byte[] group = encoded(StatusRows.class, new StatusRows(rows));
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> Codecs.of(StatusRows.class).read(in(group)))
                .withMessageContaining("more than 1024 statuses");
    }

    @Test
    void rowsBeforeAFailureComeFirst() throws IOException {
        PinInfo row = bare(row("api.PinInfo pinned"));
        Cursor<StatusRows> groups = new StatusBatches(Cursor.of(List.of(1, 2)).map(number -> {
            if (number == 2) {
                throw new ClusterException(ErrorCode.STORAGE, "disk is gone");
            }
            return row;
        }));
        assertThat(groups.next()).isEqualTo(new StatusRows(List.of(row)));
        assertThatExceptionOfType(ClusterException.class)
                .isThrownBy(groups::next)
                .withMessage("disk is gone");
    }

    @Test
    void mapsOfAnySizeAreWrittenAlsoBeyondTheBuffer() throws IOException {
        for (int count : new int[] {15, 16, 1_000, 65_535, 65_536}) {
            byte[] bytes = written(out -> {
                out.text("before");
                MsgOut.Fields fields = out.fields();
                for (int i = 0; i < count; i++) {
                    fields.alwaysUnsigned("field " + i, i);
                }
                fields.end();
                out.text("behind");
            });
            try (var in = org.msgpack.core.MessagePack.newDefaultUnpacker(bytes)) {
                assertThat(in.unpackString()).isEqualTo("before");
                assertThat(in.unpackMapHeader()).isEqualTo(count);
                for (int i = 0; i < count; i++) {
                    assertThat(in.unpackString()).isEqualTo("field " + i);
                    assertThat(in.unpackInt()).isEqualTo(i);
                }
                assertThat(in.unpackString()).isEqualTo("behind");
            }
        }
    }

    @Test
    void bytesOfManySmallMapsGoOnAsTheyCome() throws IOException {
        int[] most = {0, 0};
        MsgOut out = MsgOut.to(new OutputStream() {
            @Override
            public void write(int one) {}

            @Override
            public void write(byte[] bytes, int from, int count) {
                most[0] = Math.max(most[0], count);
                most[1] += count;
            }
        });
        for (int i = 0; i < 100_000; i++) {
            out.fields().alwaysText("name", "some text " + i).end();
        }
        out.flush();
        assertThat(most[0]).isLessThan(8192);
        assertThat(most[1]).isGreaterThan(2_000_000);
    }

    @Test
    void shortTextsBeyondAsciiAreWrittenInUtf8() throws IOException {
        for (String text : List.of("", "é", "grüße", "日本", "a\uD83D\uDE00b")) {
            assertThat(in(written(out -> out.text(text))).text()).isEqualTo(text);
        }
    }
}
