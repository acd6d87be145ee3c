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

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The page about the REST API is true: its examples run, its table is the routes, and the named tests exist. */
class RestApiPageTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path PAGE = ROOT.resolve("docs/rest-api.md");
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```http\n(.*?)→ ([0-9]{3})\n(.*?)```");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(GET|POST|DELETE) ([^`]+)` \\|.*\\| `([A-Za-z]+)\\.([A-Za-z]+)` \\|$");
    private static final String USER = "Basic bWU6c2VjcmV0";
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    static Path folder;

    private static TestPeer peer;
    private static String page;

    @BeforeAll
    static void startOnePeer() throws IOException {
        page = Files.readString(PAGE);
        peer = new TestPeer("peer", folder.resolve("peer"))
                .init(
                        TestCluster.SECRET,
                        json -> ((ObjectNode) json.at("/api/restapi"))
                                .putObject("basic_auth_credentials")
                                .put("me", "secret"));
        peer.start();
    }

    @AfterAll
    static void endIt() {
        peer.close();
    }

    private static String form(String path) {
        return path.replaceAll("\\{[a-z]+}", "{}");
    }

    private static Set<String> served() throws Exception {
        HttpResponse<String> answer = CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + peer.apiPort() + "/openapi.json"))
                        .header("Authorization", USER)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        JsonNode paths = new ObjectMapper().readTree(answer.body()).get("paths");
        Set<String> served = new TreeSet<>();
        paths.properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> served.add(method.toUpperCase(Locale.ROOT) + " " + form(path.getKey()))));
        return served;
    }

    @Test
    void theTableListsExactlyTheRoutesThatServe() throws Exception {
        Set<String> listed = new TreeSet<>();
        Matcher row = ROW.matcher(page);
        while (row.find()) {
            listed.add(row.group(1) + " " + form(row.group(2)));
        }
        assertThat(listed).isEqualTo(served());
    }

    @Test
    void theTestsOfTheTableExist() throws IOException {
        Matcher row = ROW.matcher(page);
        while (row.find()) {
            Path source;
            try (Stream<Path> files = Files.walk(ROOT.resolve("bundles/api/restapi/src/test/java"))) {
                source = files.filter(file -> file.endsWith(row.group(3) + ".java"))
                        .findFirst()
                        .orElseThrow();
            }
            assertThat(Files.readString(source)).contains("void " + row.group(4) + "(");
        }
    }

    @Test
    void everyEndpointHasAnExampleAndEveryExampleIsTrue() throws Exception {
        Set<String> without = served();
        Matcher example = EXAMPLE.matcher(page);
        int examples = 0;
        while (example.find()) {
            examples++;
            String request = example.group(1);
            String line = request.lines().findFirst().orElseThrow();
            without.removeIf(route -> matches(route, line));
            run(
                    request,
                    Integer.parseInt(example.group(2)),
                    example.group(3).lines().toList());
        }
        assertThat(without).isEmpty();
        assertThat(examples).isGreaterThan(30);
    }

    private static boolean matches(String route, String line) {
        String pattern = Pattern.quote(route).replace("{}", "\\E[^ ?]+\\Q");
        return line.split("\\?")[0].matches(pattern);
    }

    private static void run(String example, int status, List<String> lines) throws Exception {
        String[] parts = example.split("\n\n", 2);
        String[] head = parts[0].strip().split("\n");
        String[] first = head[0].split(" ", 2);
        String type = "";
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + peer.apiPort() + first[1]))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", USER);
        for (int i = 1; i < head.length; i++) {
            String[] header = head[i].split(": ", 2);
            request.header(header[0], header[1]);
            type = header[0].equals("Content-Type") ? header[1] : type;
        }
        String body =
                parts.length < 2 ? "" : parts[1].replace("$PEER", peer.id()).strip();
        if (type.startsWith("multipart")) {
            body = body.replace("\n", "\r\n") + "\r\n";
        }
        request.method(first[0], HttpRequest.BodyPublishers.ofString(body));
        List<String> missing = new ArrayList<>();
        lines.forEach(line -> missing.add(line.replace("$PEER", peer.id())));
        HttpResponse<java.io.InputStream> answer =
                CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        StringBuilder given = new StringBuilder();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            boolean endless = first[1].startsWith("/events");
            while (!endless || !missing.isEmpty()) {
                String line = in.readLine();
                if (line == null) {
                    break;
                }
                given.append(line).append('\n');
                missing.removeIf(
                        expected -> Expected.pattern(expected).matcher(line).matches());
            }
        }
        assertThat(answer.statusCode()).as(head[0] + "\n" + given).isEqualTo(status);
        assertThat(missing).as(head[0] + "\n" + given).isEmpty();
    }
}
