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
package org.pinion.api.restapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Alert;
import org.pinion.spi.Metric;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.TrackerStatus;

@Timeout(120)
class EventsTest {
    private static final Cid CID = MemoryCluster.cid("event");

    @TempDir
    Path folder;

    private RunningApi api;

    @BeforeEach
    void open() {
        api = new RunningApi(folder);
    }

    @AfterEach
    void close() {
        api.close();
    }

    /** A client of server-sent events, as a browser is one. */
    private final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;
        private String id = "";

        Client(String query, String... headers) throws IOException {
            socket = new Socket("127.0.0.1", api.port());
            socket.setSoTimeout(20_000);
            StringBuilder request = new StringBuilder("GET /events" + query + " HTTP/1.1\r\nHost: x\r\n");
            for (String header : headers) {
                request.append(header).append("\r\n");
            }
            socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.US_ASCII));
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
            while (!in.readLine().startsWith("retry: ")) {
                // headers, and blocks before the first position
            }
            id = in.readLine();
        }

        /** The next event: its type and data. */
        String next() throws IOException {
            String type = "";
            while (true) {
                String line = in.readLine();
                if (line == null || line.equals("0")) {
                    return "end";
                } else if (line.startsWith("id: ")) {
                    id = line;
                } else if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    return type + " " + line.substring(6);
                }
            }
        }

        String lastId() {
            return id.substring(4);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static Pin pin(String name) {
        return Pin.of(CID, PinOptions.builder().name(name).build());
    }

    @Test
    void tellsEverythingThatHappens() throws IOException {
        try (Client client = new Client("")) {
            api.api.pinned(pin("one"));
            api.api.statusChanged(CID, TrackerStatus.PIN_ERROR, "no \"provider\"\n", 2);
            api.api.unpinned(pin("one"));
            api.api.peerConnected(MemoryCluster.OTHER);
            api.api.peerDisconnected(MemoryCluster.OTHER);
            api.api.alert(new Alert(new Metric("ping", MemoryCluster.OTHER, "", 1, true, 0, false, 7), Instant.EPOCH));
            assertThat(client.next()).startsWith("pin_added {\"at\":\"2026-").contains("\"pin\":{", "\"name\":\"one\"");
            assertThat(client.next())
                    .startsWith("status_changed {\"at\":\"")
                    .endsWith("\"cid\":\"" + CID + "\",\"peer\":\"" + MemoryCluster.SELF
                            + "\",\"status\":\"pin_error\",\"error\":\"no \\\"provider\\\"\\n\",\"attempt_count\":2}");
            assertThat(client.next()).startsWith("pin_removed ");
            assertThat(client.next()).startsWith("peer_up ").contains("\"peer\":\"" + MemoryCluster.OTHER + "\"");
            assertThat(client.next()).startsWith("peer_down ");
            assertThat(client.next()).startsWith("alert ").contains("\"alert\":{\"name\":\"ping\"");
        }
    }

    @Test
    void tellsOnlyTheWantedKinds() throws IOException {
        try (Client client = new Client("?types=peer_up,pin_removed")) {
            api.api.pinned(pin("one"));
            api.api.unpinned(pin("one"));
            assertThat(client.next()).startsWith("pin_removed ");
        }
        assertThat(api.ask("GET", "/events?types=everything"))
                .startsWith("HTTP/1.1 400")
                .contains("everything");
    }

    @Test
    void aReaderThatComesBackMissesNothing() throws IOException {
        String last;
        try (Client client = new Client("")) {
            api.api.pinned(pin("one"));
            assertThat(client.next()).contains("\"one\"");
            last = client.lastId();
        }
        api.api.pinned(pin("two"));
        api.api.pinned(pin("three"));
        try (Client client = new Client("", "Last-Event-ID: " + last)) {
            assertThat(client.next()).contains("\"two\"");
            assertThat(client.next()).contains("\"three\"");
        }
        try (Client client = new Client("?after=" + last)) {
            assertThat(client.next()).contains("\"two\"");
        }
    }

    @Test
    void aReaderOfAnotherLifeIsTold() throws IOException {
        api.api.pinned(pin("one"));
        String answer = firstBlock("Last-Event-ID: abc-7");
        assertThat(answer).contains("event: reset", "lost");
        assertThat(api.ask("GET", "/events", "Last-Event-ID: what")).startsWith("HTTP/1.1 400");
        assertThat(api.ask("GET", "/events", "Last-Event-ID: abc-x")).startsWith("HTTP/1.1 400");
        assertThat(api.ask("GET", "/events", "Last-Event-ID: 5")).startsWith("HTTP/1.1 400");
    }

    private String firstBlock(String header) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", api.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /events HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder text = new StringBuilder();
            for (String line = in.readLine(); !line.startsWith("retry"); line = in.readLine()) {
                text.append(line).append('\n');
            }
            return text.toString();
        }
    }

    @Test
    void aReaderThatFellBehindIsCutWithAReason() throws IOException {
        try (Client client = new Client("")) {
            // more than sockets and the ring hold, while nobody reads
            Pin large = pin("x".repeat(4000));
            for (int i = 0; i < 40_000; i++) {
                api.api.pinned(large);
            }
            String event = client.next();
            int count = 0;
            while (event.startsWith("pin_added ")) {
                count++;
                event = client.next();
            }
            assertThat(count).isLessThan(40_000);
            assertThat(event).startsWith("cut {\"reason\":\"this reader is ").contains("events behind");
            assertThat(client.next()).isEqualTo("end");
        }
    }

    @Test
    void readersEndWithTheApiAndDoNotHoldItUp() throws IOException {
        try (Client client = new Client("")) {
            long start = System.nanoTime();
            api.close();
            assertThat(client.next()).isEqualTo("end");
            assertThat(System.nanoTime() - start).isLessThan(15_000_000_000L);
        }
    }
}
