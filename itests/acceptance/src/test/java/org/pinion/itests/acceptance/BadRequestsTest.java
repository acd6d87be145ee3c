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
package org.pinion.itests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The table of wrong requests: each gets the documented answer, pins nothing, shows no stack trace, and the peer goes on. */
class BadRequestsTest {
    private static final String USER = "Authorization: Basic bWU6c2VjcmV0\r\n";
    private static final Pattern REPEATED = Pattern.compile("«(.+)\\*([0-9]+)»");
    private static final String TRACE =
            "(?s).*(\\tat |\\\\tat |Exception|java\\.|org\\.pinion|org\\.eclipse|Caused by).*";

    @TempDir
    static Path folder;

    private static TestPeer peer;

    @BeforeAll
    static void startOnePeerWithUsers() {
        peer = new TestPeer("peer", folder.resolve("peer")).init(TestCluster.SECRET, json -> {
            ObjectNode api = (ObjectNode) json.at("/api/restapi");
            api.putObject("basic_auth_credentials").put("me", "secret");
            api.put("read_header_timeout", "1s");
        });
        peer.start();
    }

    @AfterAll
    static void endIt() {
        peer.close();
    }

    @AfterEach
    void thePeerAnswersAndNothingIsPinned() throws IOException {
        assertThat(ask("GET", "/id", "", "").status()).isEqualTo(200);
        Wire.Answer pins = ask("GET", "/allocations", "", "");
        assertThat(pins.status()).as(pins.body()).isEqualTo(204);
    }

    private static Wire.Answer ask(String method, String target, String headers, String body) throws IOException {
        String auth = headers.equals("none") || headers.startsWith("Authorization") ? "" : USER;
        String lines = headers.isEmpty() || headers.equals("none") ? "" : headers + "\r\n";
        byte[] content = body.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write((method + " " + target + " HTTP/1.1\r\nHost: peer\r\nConnection: close\r\n" + auth + lines
                        + "Content-Length: " + content.length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        request.write(content);
        return Wire.send(peer.apiPort(), request.toByteArray());
    }

    record Row(int status, String method, String target, String headers, String body, String text) {
        static Row of(String line) {
            String[] cells = line.split(" \\| ?", -1);
            return new Row(
                    Integer.parseInt(cells[0].strip()),
                    cells[1],
                    expand(cells[2]),
                    expand(cells[3]),
                    expand(cells[4].replace("\\r", "\r")
                            .replace("\\n", "\n")
                            .replace("\\x00", "\0")
                            .replace("\\x01", "\1")),
                    cells[5].strip());
        }

        private static String expand(String cell) {
            Matcher repeated = REPEATED.matcher(cell);
            return repeated.replaceAll(
                    match -> Matcher.quoteReplacement(match.group(1).repeat(Integer.parseInt(match.group(2)))));
        }

        @Override
        public String toString() {
            String text = status + " " + method + " " + target + " " + headers + " " + body;
            return text.length() > 100 ? text.substring(0, 100) + "…" : text;
        }
    }

    static Stream<Row> table() throws IOException {
        try (InputStream in = BadRequestsTest.class.getResourceAsStream("/bad-requests.txt")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.stream().filter(line -> !line.startsWith("#")).map(Row::of);
        }
    }

    @Test
    void theTableIsLong() throws IOException {
        assertThat(table()).hasSizeGreaterThan(200);
    }

    @ParameterizedTest
    @MethodSource("table")
    void aWrongRequestGetsTheDocumentedAnswer(Row row) throws IOException {
        Wire.Answer answer = ask(row.method, row.target, row.headers, row.body);
        assertThat(answer.status()).as(answer.head() + "\n" + answer.body()).isEqualTo(row.status);
        assertThat(answer.body()).contains(row.text).doesNotMatch(TRACE);
        if (row.text.equals("Bad Request")) {
            // what is no request by the rules of HTTP never reaches the API
            assertThat(answer.head()).contains("Content-Type: text/plain");
        } else if (row.status >= 400 && row.status != 405 && row.status != 431) {
            assertThat(answer.head())
                    .containsPattern("Content-Type: application/json\r\n|Content-Type: application/json$");
            assertThat(answer.body())
                    .startsWith("{\"code\":" + row.status + ",\"message\":\"")
                    .hasLineCount(1);
        }
    }

    /** Bytes that are no request; 0 = the connection is closed without an answer. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | GET /id HTTP/1.1\\r\\n\\r\\n",
                "400 | GET /id HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n",
                "400 | GET /id HTTP/9.9\\r\\nHost: a\\r\\n\\r\\n",
                "400 | GET\\r\\n\\r\\n",
                "400 | GET /a b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "400 | GET /id HTTP/1.1\\r\\nHost: a\\r\\nBad Header: x\\r\\n\\r\\n",
                "400 | GET /id HTTP/1.1\\r\\nHost: a\\r\\n: x\\r\\n\\r\\n",
                "400 | GET /id HTTP/1.1\\r\\nHost: a\\r\\nX: a\\0b\\r\\n\\r\\n",
                "400 | POST /peers HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: -1\\r\\n\\r\\n",
                "400 | POST /peers HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: x\\r\\n\\r\\n",
                "400 | POST /peers HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\nab",
                "400 | POST /peers HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 2\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
                "400 | \\0\\1\\2\\3\\r\\n\\r\\n",
                "400 | \\x16\\x03\\x01\\x02\\0\\1\\0\\1\\xfc\\x03\\x03\\r\\n\\r\\n",
                "505 | GET /id HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n",
            })
    void bytesThatAreNoRequestAreRefused(int status, String bytes) throws IOException {
        Wire.Answer answer = Wire.send(peer.apiPort(), unescaped(bytes));
        assertThat(answer.status()).as(answer.head()).isIn(status, 426, 505, 0);
        assertThat(answer.body()).doesNotMatch(TRACE);
    }

    private static byte[] unescaped(String text) {
        String bytes = Pattern.compile("\\\\x([0-9a-f]{2})")
                .matcher(text)
                .replaceAll(
                        match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 16))));
        return bytes.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\0", "\0")
                .replace("\\1", "\1")
                .replace("\\2", "\2")
                .replace("\\3", "\3")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void headersThatComeTooSlowlyEndTheConnection() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", peer.apiPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET /id HTTP/1.1\r\nHost: peer\r\nX".getBytes(StandardCharsets.US_ASCII));
            assertThat(Wire.read(socket.getInputStream()).status()).isIn(0, 408, 400);
        }
    }

    @Test
    void aChunkThatIsNoneEndsTheRequest() throws IOException {
        Wire.Answer answer = Wire.send(
                peer.apiPort(),
                ("POST /peers HTTP/1.1\r\nHost: peer\r\nConnection: close\r\n" + USER
                                + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(answer.status()).isIn(400, 0);
        assertThat(answer.body()).doesNotMatch(TRACE);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /peers, application/json, {\"peer_id\":",
        "POST, /add, multipart/form-data; boundary=b, --b\\r\\nContent-Disposition: form-data; filename=a\\r\\n\\r\\nhel",
        "POST, /bulk/pin, application/x-ndjson, {",
        "GET, /events, text/plain, x",
    })
    void aClientThatVanishesInTheMiddleLeavesNothingBehind(String method, String path, String type, String part)
            throws IOException {
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket("127.0.0.1", peer.apiPort())) {
                socket.setSoLinger(true, 0);
                OutputStream out = socket.getOutputStream();
                out.write((method + " " + path + " HTTP/1.1\r\nHost: peer\r\n" + USER + "Content-Type: " + type
                                + "\r\nContent-Length: 1000\r\n\r\n"
                                + part.replace("\\r", "\r").replace("\\n", "\n"))
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        }
    }

    @Test
    void manyIdleReadersOfEventsAreBoundedAndLeaveRoomForOthers() throws IOException {
        Socket[] readers = new Socket[140];
        int refused = 0;
        try {
            for (int i = 0; i < readers.length; i++) {
                readers[i] = new Socket("127.0.0.1", peer.apiPort());
                readers[i].setSoTimeout(20_000);
                readers[i]
                        .getOutputStream()
                        .write(("GET /events HTTP/1.1\r\nHost: peer\r\n" + USER + "\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                byte[] status = readers[i].getInputStream().readNBytes(12);
                refused += new String(status, StandardCharsets.US_ASCII).endsWith("503") ? 1 : 0;
            }
            assertThat(refused).isGreaterThan(0);
            assertThat(ask("GET", "/id", "", "").status()).isEqualTo(200);
        } finally {
            for (Socket reader : readers) {
                if (reader != null) {
                    reader.close();
                }
            }
        }
        Await.until(
                "there is room for a reader again",
                java.time.Duration.ofSeconds(20),
                () -> {
                    try (Socket socket = new Socket("127.0.0.1", peer.apiPort())) {
                        socket.setSoTimeout(20_000);
                        socket.getOutputStream()
                                .write(("GET /events HTTP/1.1\r\nHost: peer\r\n" + USER + "\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                        byte[] status = socket.getInputStream().readNBytes(12);
                        return new String(status, StandardCharsets.US_ASCII).endsWith("200") ? "" : "refused";
                    }
                },
                peer::log);
    }
}
