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
package org.pinion.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.state.OfflineState;

class JsonOfflineStateTest {
    private final MemoryStore store = new MemoryStore();
    private final JsonOfflineState state = new JsonOfflineState(ZoneOffset.UTC);

    @Test
    void theReferencesExportComesBackByteForByte() throws Exception {
        String sample;
        try (InputStream in = JsonOfflineStateTest.class.getResourceAsStream("/state.export.sample.jsonl")) {
            sample = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }

        assertThat(imports(sample)).isEqualTo(3);

        // the reference lists in the order of base32 texts, we in that of bytes
        assertThat(export().lines().sorted().toList())
                .isEqualTo(sample.lines().sorted().toList());
        assertThat(export()).endsWith("}\n");
    }

    @Test
    void anEmptyPinSetIsAnEmptyFile() throws Exception {
        assertThat(export()).isEmpty();
        assertThat(imports("")).isZero();
    }

    @Test
    void timesAreWrittenInTheZoneOfTheMachine() throws Exception {
        imports(line(1, "\"timestamp\":\"2024-05-06T07:08:09Z\""));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new JsonOfflineState(ZoneId.of("Europe/Berlin")).exportTo(store, out);

        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"timestamp\":\"2024-05-06T09:08:09+02:00\"");
    }

    @Test
    void aBadLineChangesNothingAndIsNamed() throws Exception {
        imports(line(1, "\"name\":\"kept\""));
        String before = export();

        assertThatThrownBy(() -> imports(line(2, "\"name\":\"x\"") + "\n" + "{\"cid\":\"nonsense\"}\n"))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
                .hasMessageStartingWith("line 2 is no pin: cid: ");
        assertThatThrownBy(() -> imports("{\"name\":\"x\"}")).hasMessageContaining("it has no cid");
        assertThatThrownBy(() -> imports("[]")).hasMessageContaining("must be a JSON object");
        assertThatThrownBy(() -> imports(line(2, "\"max_depth\":\"x\""))).hasMessageContaining("line 1");
        assertThatThrownBy(() -> imports(line(2, "\"timestamp\":\"yesterday\"")))
                .hasMessageContaining("timestamp: ");
        assertThatThrownBy(() -> imports(line(2, "\"name\":\"x\"") + "\n{\"cid\":"))
                .hasMessageContaining("line 2");

        assertThat(export()).isEqualTo(before);
    }

    @Test
    void anImportReplacesThePinSetAndWhatTheConsensusKnew() throws Exception {
        imports(line(1, "\"name\":\"old\",\"expire_at\":\"2030-01-01T00:00:00Z\""));
        byte[] row = {1};
        store.write(
                new WriteBatch()
                        .put(Space.ELEMENTS, row, row)
                        .put(Space.DAG, row, row)
                        .put(Space.META, StoredPins.ascii("consensus/crdt/x"), row)
                        .put(Space.META, StoredPins.ascii("pubsubmon/x"), row),
                Durability.SYNC);

        imports(line(2, "\"name\":\"new\"") + "\n" + line(2, "\"name\":\"newer\""));

        assertThat(export()).contains("newer").doesNotContain("old");
        assertThat(StoredPins.open(store, new ProtobufPinCodec()).size()).isOne();
        assertThat(store.rows(Space.INDEX)).hasSize(1);
        assertThat(store.rows(Space.ELEMENTS)).isEmpty();
        assertThat(store.rows(Space.DAG)).isEmpty();
        assertThat(store.rows(Space.META).keySet())
                .extracting(key -> new String(key, StandardCharsets.US_ASCII))
                .containsExactly("pubsubmon/x", "state/indexes", "state/size");
    }

    @Test
    void manyPinsGoInAndOutAsStreams() throws Exception {
        int count = 20_000;
        InputStream lines = new InputStream() {
            private int next;
            private InputStream line = InputStream.nullInputStream();

            @Override
            public int read() throws IOException {
                int value = line.read();
                while (value < 0 && next < count) {
                    line = new ByteArrayInputStream(
                            (line(next++, "\"name\":\"many\"") + "\n").getBytes(StandardCharsets.UTF_8));
                    value = line.read();
                }
                return value;
            }
        };

        assertThat(state.importFrom(store, lines)).isEqualTo(count);
        assertThat(StoredPins.open(store, new ProtobufPinCodec()).size()).isEqualTo(count);
        assertThat(state.exportTo(store, java.io.OutputStream.nullOutputStream()))
                .isEqualTo(count);
    }

    @Test
    void cleaningLeavesNothingOfThePinSet() throws Exception {
        imports(line(1, "\"name\":\"x\""));

        state.clean(store);

        assertThat(export()).isEmpty();
        for (Space space : Space.values()) {
            assertThat(store.rows(space)).as(space.name()).isEmpty();
        }
    }

    @Test
    void textsAreEscapedAsInTheReference() throws Exception {
        PinOptions options = PinOptions.builder().name("<&>\u2028\u0001\t\"é").build();
        Pin pin = Pin.of(Cid.v1(Cid.RAW, Multihash.sha256(new byte[] {1})), options)
                .withTimestamp(Instant.ofEpochSecond(1));
        WriteBatch batch = new WriteBatch();
        StoredPins.open(store, new ProtobufPinCodec()).put(batch, pin);
        store.write(batch, Durability.SYNC);

        assertThat(export()).contains("\"name\":\"\\u003c\\u0026\\u003e\\u2028\\u0001\\t\\\"é\"");
    }

    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(OfflineState.class)).singleElement().isInstanceOf(JsonOfflineState.class);
    }

    private static String line(int number, String fields) {
        byte[] seed = {(byte) number, (byte) (number >> 8)};
        return "{\"cid\":\"" + Cid.v1(Cid.RAW, Multihash.sha256(seed)) + "\",\"type\":\"pin\"," + fields + "}";
    }

    private long imports(String lines) throws IOException {
        return state.importFrom(store, new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
    }

    private String export() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        state.exportTo(store, out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
