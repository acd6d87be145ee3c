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
package org.pinion.cli.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CtlTest {
    private static final String CID = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";
    private static final String A = "12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU";
    private static final String NONE = "0001-01-01T00:00:00Z";

    private final Bench bench = new Bench();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        bench.close();
    }

    private static String pin(String cid, String name, String added) {
        return "{\"replication_factor_min\":-1,\"replication_factor_max\":-1,\"name\":\"" + name
                + "\",\"mode\":\"recursive\",\"shard_size\":0,\"expire_at\":\"" + NONE
                + "\",\"metadata\":{\"k\":\"v\"},"
                + "\"cid\":\"" + cid + "\",\"type\":\"pin\",\"allocations\":[],\"max_depth\":-1,\"timestamp\":\""
                + added
                + "\"}\n";
    }

    private static String status(String cid, String word) {
        return "{\"cid\":\"" + cid + "\",\"name\":\"n\",\"allocations\":[],\"origins\":[],\"created\":\"" + NONE
                + "\",\"metadata\":null,\"peer_map\":{\"" + A + "\":{\"peername\":\"a\",\"status\":\"" + word
                + "\",\"timestamp\":\"2026-11-22T11:00:00Z\",\"error\":\"\",\"attempt_count\":0,\"priority_pin\":false}}}\n";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "pin add bad|1|error parsing path: ",
                "pin add|1|error parsing path: ",
                "pin add /ipfs/bad|1|error parsing path: ",
                "pin add --metadata x bafkqaaa|1|error parsing metadata: ",
                "pin add --allocs nobody bafkqaaa|1|error decoding allocations: ",
                "pin add --expire-in 1x bafkqaaa|1|error parsing expire-in: ",
                "pin update bad bafkqaaa|1|error parsing cid: ",
                "pin ls bad|1|error parsing cid: ",
                "status bad|1|error parsing cid: ",
                "status bafkqaaa bad|1|error parsing cid: ",
                "status --filter nonsense|1|error parsing filter flag: ",
                "recover bad|1|error parsing cid: ",
                "sync bad|1|error parsing cid: ",
                "peers rm|1|error parsing peer ID: ",
                "peers rm nobody|1|error parsing peer ID: ",
                "peers add x|3|No help topic for 'add'",
                "nonsense|3|No help topic for 'nonsense'",
                "help nonsense|3|No help topic for 'nonsense'",
                "add|1|error : need at least one path",
                "add --format car -w x|1|error : a CAR file",
                "add --nocopy x|1|error : nocopy works with URLs only",
                "add /no/such/file|1|error : /no/such/file: no such file or directory",
                "--enc xml id|1|error : unsupported encoding: ",
                "--secret zz id|1|error parsing secret: ",
                "--secret 00 --host /ip4/127.0.0.1/tcp/1/p2p/" + A + " id|1|error creating API client: ",
                "--host /nonsense id|1|error parsing host multiaddress: ",
                "--host /ip4/127.0.0.1/tcp/1, id|1|error parsing host multiaddress: ",
                "--host /ip4/127.0.0.1 id|1|error creating API client: ",
                "--host /p2p/" + A + " id|1|error creating API client: ",
            })
    void wrongArgumentsAreToldInOneLineBeforeAnythingIsSent(String words, int code, String line) {
        assertThat(bench.run(words.split(" "))).isEqualTo(code);
        assertThat(bench.err).startsWith(line).hasLineCount(1);
        assertThat(bench.out).isEmpty();
        assertThat(bench.requests).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--bogus id|Incorrect Usage. flag provided but not defined: -bogus",
                "--timeout x id|Incorrect Usage. invalid value \"x\" for flag -timeout: not a whole number",
                "id --bogus=1|Incorrect Usage: flag provided but not defined: -bogus",
                "pin add --wt 5 bafkqaaa|Incorrect Usage: invalid value \"5\" for flag -wait-timeout: not a duration",
                "pin add --rmin x bafkqaaa|Incorrect Usage: invalid value \"x\" for flag -replication-min: not a whole",
                "pin add --wait=maybe bafkqaaa|Incorrect Usage: invalid value \"maybe\" for flag -wait: neither",
                "pin add bafkqaaa --name|Incorrect Usage: flag needs an argument: -name",
                "pin add -rw bafkqaaa|Incorrect Usage: flag provided but not defined: -rw",
                "pin ls --sort colour|Incorrect Usage: invalid value \"colour\" for flag -sort: one of [added, cid,",
                "completion fish|Incorrect Usage: no completion for \"fish\": say bash or zsh",
            })
    void wrongOptionsShowTheHelpOnStandardOutput(String words, String line) {
        bench.answer("GET /allocations", "");
        assertThat(bench.run(words.split(" "))).isEqualTo(1);
        assertThat(bench.out).startsWith(line).contains("\n\nNAME:\n", "\nUSAGE:\n");
        assertThat(bench.err).isEmpty();
    }

    @Test
    void optionsStandBeforeOrAfterArgumentsAndLaterOnesWin() {
        bench.answer("POST /pins/ipfs/" + CID, pin(CID, "b", NONE));
        assertThat(bench.run("pin", "add", CID, "-ns", "--name=a", "--name", "b", "-rmin", "-1", "--wait=false"))
                .isZero();
        assertThat(bench.requests.get(0)).contains("&name=b&").contains("replication-min=-1");
        assertThat(bench.out).startsWith(CID + " | b | PIN | Repl. Factor: -1 | Allocations: [everywhere] | ");
        assertThat(bench.run("pin", "add", "--ns", "--", CID)).isZero();
        assertThat(bench.requests.get(1)).startsWith("POST /pins/ipfs/" + CID + "?");
    }

    @Test
    void everyHelpIsThereAndFitsIn120Columns() {
        assertThat(bench.run("commands")).isZero();
        List<String> commands = bench.out.lines().toList();
        assertThat(commands)
                .contains(
                        "ipfs-cluster-ctl id",
                        "ipfs-cluster-ctl peers",
                        "ipfs-cluster-ctl pin",
                        "ipfs-cluster-ctl status",
                        "ipfs-cluster-ctl recover",
                        "ipfs-cluster-ctl version",
                        "ipfs-cluster-ctl health bandwidth",
                        "ipfs-cluster-ctl commands",
                        "ipfs-cluster-ctl help");
        for (String command : commands) {
            assertThat(bench.run((command + " --help").replaceFirst("\\S+ ", "").split(" ")))
                    .as(command)
                    .isZero();
            assertThat(bench.out).contains("NAME:", "USAGE:");
            assertThat(bench.out.lines()).as(command).allMatch(line -> line.length() <= 120);
        }
        for (String words : List.of("", "help", "h", "--help", "-h")) {
            assertThat(bench.runAlone(words.isEmpty() ? new String[0] : new String[] {words}))
                    .isZero();
            assertThat(bench.out).contains("COMMANDS:", "GLOBAL OPTIONS:", "DESCRIPTION:", "VERSION:");
            assertThat(bench.out.lines()).allMatch(line -> line.length() <= 120);
        }
        assertThat(bench.run("pin", "help", "add")).isZero();
        assertThat(bench.out).contains("ipfs-cluster-ctl pin add");
    }

    @Test
    void anErrorOfTheApiIsThreeLinesOrAnObjectAndExitCode2() {
        assertThat(bench.run("pin", "ls", CID)).isEqualTo(2);
        assertThat(bench.out).isEqualTo("An error occurred:\n  Code: 404\n  Message: not found\n");
        assertThat(bench.err).isEmpty();
        assertThat(bench.run("--enc=json", "pin", "ls", CID)).isEqualTo(2);
        assertThat(bench.out).isEqualTo("{\n    \"code\": 404,\n    \"message\": \"not found\"\n}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hello~|server does not speak HTTP/1.1",
                "HTTP/1.1 200 OK~Content-Length: 9~~{|server closed the connection in the middle",
                "HTTP/1.1 200 OK~Content-Length: x~~{|malformed Content-Length",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~{|server closed the connection in the middle",
                "HTTP/1.1 200 OK~~<html>~no~</html>|Unexpected character",
                "HTTP/1.1 200 OK~~{\"version\"|Unexpected end-of-input",
            })
    void answersThatCannotBeUsedEndWithExitCode1(String answer, String reason) {
        bench.raw("GET /version", answer.replace("~", "\r\n"));
        assertThat(bench.run("version")).isEqualTo(1);
        assertThat(bench.out)
                .startsWith("An error occurred:\n  Code: 0\n  Message: ")
                .contains(reason)
                .hasLineCount(3);
        assertThat(bench.err).startsWith("ERROR cluster-ctl: ").hasLineCount(1);
    }

    @Test
    void aPeerThatIsAwayIsNamedAndTheNextOneAsked() {
        assertThat(bench.runAlone("--host", "/ip4/127.0.0.1/tcp/1", "id")).isEqualTo(1);
        assertThat(bench.out).contains("cannot connect to /ip4/127.0.0.1/tcp/1: Connection refused");
        bench.answer("GET /version", "{\"version\":\"1.2.3\"}");
        assertThat(bench.runAlone("-l", "/ip4/127.0.0.1/tcp/1," + bench.host(), "version"))
                .isZero();
        assertThat(bench.out).isEqualTo("1.2.3\n");
    }

    @Test
    void credentialsComeFromTheOptionOrTheEnvironmentAndAreNeverPrinted() {
        bench.environment.put("CLUSTER_CREDENTIALS", "user:hidden");
        assertThat(bench.run("-f", "version")).isEqualTo(2);
        assertThat(bench.heads.get(0)).contains("Authorization: Basic dXNlcjpoaWRkZW4=");
        assertThat(bench.run("-f", "--basic-auth", "other", "--debug", "version"))
                .isEqualTo(2);
        assertThat(bench.heads.get(1)).contains("Authorization: Basic b3RoZXI6\r\n");
        assertThat(bench.out + bench.err).doesNotContain("hidden", "other", "b3RoZXI6");
        // without force-http a user means TLS, which this server does not speak
        assertThat(bench.run("version")).isEqualTo(1);
    }

    @Test
    void listsCanBeSorted() {
        bench.answer(
                "GET /allocations",
                pin(CID, "c", "2026-01-02T00:00:00Z") + pin("bafkqaaa", "a", "2026-01-03T00:00:00Z"));
        assertThat(bench.run("pin", "ls")).isZero();
        assertThat(bench.out.lines().map(line -> line.split(" ")[0])).containsExactly(CID, "bafkqaaa");
        assertThat(bench.run("pin", "ls", "--sort", "name")).isZero();
        assertThat(bench.out.lines().map(line -> line.split(" ")[0])).containsExactly("bafkqaaa", CID);
        assertThat(bench.run("pin", "ls", "--sort", "added", "--reverse")).isZero();
        assertThat(bench.out.lines().map(line -> line.split(" ")[0])).containsExactly("bafkqaaa", CID);
    }

    @Test
    void aListThatFailsPrintsWhatCameFirst() {
        String row = pin(CID, "a", NONE);
        bench.raw(
                "GET /allocations",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(row.length()) + "\r\n"
                        + row + "\r\n0\r\nX-Stream-Error: late\r\n\r\n");
        for (String sort : List.of("", "name")) {
            assertThat(bench.run("pin", "ls", "--sort", sort)).isEqualTo(2);
            assertThat(bench.out)
                    .startsWith(CID + " | a | PIN")
                    .endsWith("An error occurred:\n  Code: 500\n  Message: late\n");
        }
    }

    @Test
    void tablesFitTheTerminal() {
        bench.answer("GET /allocations", pin(CID, "a long name with words in it", "2026-01-02T00:00:00Z"));
        assertThat(bench.run("--enc", "table", "pin", "ls")).isZero();
        assertThat(bench.out)
                .contains(CID, "k=v", "a long name with words in it")
                .startsWith("CID ");
        bench.terminal = new Terminal(true, false, false, 0, 0);
        bench.environment.put("COLUMNS", "80");
        bench.environment.put("LINES", "24");
        assertThat(bench.run("--enc", "table", "pin", "ls")).isZero();
        assertThat(bench.out.lines()).hasSize(2).allMatch(line -> line.length() <= 80);
        assertThat(bench.out).contains("…");
    }

    @Test
    void coloursAreForTerminalsOnlyAndNotForJson() {
        bench.answer("GET /pins/" + CID, status(CID, "pinned"));
        bench.run("status", CID);
        assertThat(bench.out).doesNotContain("\u001b").contains("    > a                    : PINNED | 2026-");
        Map<String, String> colourful = Map.of("TERM", "xterm");
        bench.terminal = Terminal.of("12", colourful);
        bench.run("status", CID);
        assertThat(bench.out).contains(": \u001b[32mPINNED\u001b[0m | ");
        bench.run("--enc=json", "status", CID);
        assertThat(bench.out).doesNotContain("\u001b");
        bench.terminal = Terminal.of("12", Map.of("TERM", "xterm", "NO_COLOR", "1"));
        bench.run("status", CID);
        assertThat(bench.out).doesNotContain("\u001b");
        assertThat(Terminal.of("2", colourful).colours()).isFalse();
    }

    @Test
    void namesCannotCommandTheTerminal() {
        bench.answer("GET /allocations", pin(CID, "a\\u001b[2Jb", NONE));
        bench.terminal = new Terminal(true, true, false, 80, 24);
        bench.run("pin", "ls");
        assertThat(bench.out).contains("a\ufffd[2Jb");
    }

    @Test
    void watchPrintsWhatChanged() {
        bench.answer(
                "GET /pins",
                status(CID, "pinning"),
                status(CID, "pinning"),
                status(CID, "pinned") + status("bafkqaaa", "pinned"));
        // nobody reads any more once the last change was printed
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream closing = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                printed.write(b);
                if (printed.toString(StandardCharsets.UTF_8).contains("bafkqaaa")) {
                    throw new IOException("closed");
                }
            }
        });
        int code = new Ctl(closing, System.err, Map.of(), Clock.fixed(Bench.NOW, ZoneOffset.UTC))
                .run("--host", bench.host(), "status", "--watch", "--interval", "1ms");
        assertThat(code).isEqualTo(141);
        String text = printed.toString(StandardCharsets.UTF_8);
        assertThat(text.split(": PINNING ", -1)).hasSize(2);
        assertThat(text.split(": PINNED ", -1)).hasSize(2);
    }

    @Test
    void waitsUntilThePinIsThere() {
        bench.answer("POST /pins/ipfs/" + CID, pin(CID, "", NONE));
        bench.answer("GET /pins/" + CID, status(CID, "pinning"), status(CID, "pinned"));
        assertThat(bench.run("pin", "add", "--wait", CID)).isZero();
        assertThat(bench.out).contains(": PINNED | 2026-11-22T11:00:00Z | Attempts: 0 | Priority: false\n");
        assertThat(bench.requests.stream().filter(line -> line.startsWith("GET")))
                .hasSize(2);
        bench.answer("GET /pins/" + CID, status(CID, "pin_error"));
        assertThat(bench.run("pin", "add", "--wait", CID)).isEqualTo(1);
        assertThat(bench.err).startsWith("error waiting for pin status: ").hasLineCount(1);
        assertThat(bench.out).isEmpty();
    }

    @Test
    void oldShapesAreForTheToolsOfThatTime() {
        bench.answer("GET /allocations", pin(CID, "a", NONE));
        bench.answer("GET /pins", status(CID, "unexpectedly_unpinned"));
        assertThat(bench.run("--enc", "json-v0", "pin", "ls")).isZero();
        assertThat(bench.out)
                .startsWith("[\n{")
                .contains("\"/\": \"" + CID + "\"", "\"type\": 2,")
                .endsWith("}\n]\n");
        assertThat(bench.run("--enc", "json-v0", "status")).isZero();
        assertThat(bench.out).contains("\"peer\": \"" + A + "\"", "\"status\": \"pin_error\"");
        bench.answer("GET /allocations", "");
        assertThat(bench.run("--enc", "json-v0", "pin", "ls")).isZero();
        assertThat(bench.out).isEqualTo("[]\n");
    }

    @Test
    void syncFallsBackToStatusOnServersThatDoNotKnowIt() {
        bench.answer("GET /pins", "");
        bench.answer("GET /pins/" + CID, status(CID, "pinned"));
        assertThat(bench.run("sync")).isZero();
        assertThat(bench.out).isEmpty();
        assertThat(bench.run("sync", "--local", CID)).isZero();
        assertThat(bench.out).startsWith(CID + " | n:\n");
        assertThat(bench.requests).contains("POST /pins/sync?local=false", "POST /pins/" + CID + "/sync?local=true");
    }

    @Test
    void showsWhetherThePeerIsReady() {
        bench.answer("GET /health/components", "{\"ready\":false,\"missing\":[\"consensus\"]}");
        assertThat(bench.run("health", "components")).isZero();
        assertThat(bench.out).isEqualTo("not ready\n  > consensus\n");
        assertThat(bench.run("--enc=json", "health", "components")).isZero();
        assertThat(bench.out).contains("\"ready\": false", "\"consensus\"");
    }

    @Test
    void addsWithTheParametersThatWereAskedFor() throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "x");
        bench.answer("POST /add", "{\"name\":\"f\",\"cid\":\"bafkqaaa\",\"size\":1}\n");
        assertThat(bench.run("add", "--inline", "--hash", "sha3-512", "--shard", "--shard-size", "2000000", "" + file))
                .isZero();
        assertThat(bench.out).isEqualTo("added bafkqaaa f\n");
        assertThat(bench.requests.get(0))
                .contains("&cid-version=1&", "&inline=true&inline-limit=32&", "&shard=true&", "&raw-leaves=true&")
                .contains("&shard-size=2000000&");
    }

    @Test
    void aSourceThatCannotBeDownloadedIsAFailedCall() {
        assertThat(bench.run("add", "http://127.0.0.1:1/x")).isEqualTo(1);
        assertThat(bench.out).contains("  Message: download of http://127.0.0.1:1/x failed: Connection refused\n");
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        Path script = Files.writeString(folder.resolve("completion"), Completion.script("bash"));
        assertThat(complete(script, "ipfs-cluster-ctl", "hea")).contains("health");
        assertThat(complete(script, "ipfs-cluster-ctl", "health", "")).contains("graph", "bandwidth", "components");
        assertThat(complete(script, "ipfs-cluster-ctl", "pin", "add", "--re"))
                .contains("--replication-min", "--replication-max");
        assertThat(complete(script, "ipfs-cluster-ctl", "--ho")).contains("--host");
    }

    private static List<String> complete(Path script, String... words) throws Exception {
        StringBuilder array = new StringBuilder();
        for (String word : words) {
            array.append('"').append(word).append("\" ");
        }
        Process bash = new ProcessBuilder(
                        "bash",
                        "--norc",
                        "-c",
                        "source '" + script + "'; COMP_WORDS=(" + array + "); COMP_CWORD=" + (words.length - 1)
                                + "; COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_POINT=${#COMP_LINE}"
                                + "; _complete_ipfs-cluster-ctl; printf '%s\\n' \"${COMPREPLY[@]}\"")
                .redirectErrorStream(true)
                .start();
        List<String> lines = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .toList();
        assertThat(bash.waitFor()).as(lines.toString()).isZero();
        return lines;
    }

    @Test
    void negativeTimeoutsAreNoLimitAsInTheReference() {
        bench.answer("GET /version", "{\"version\":\"v\"}");
        assertThat(bench.run("--timeout", "-1", "version")).isZero();
        assertThat(bench.run("-t=-5", "version")).isZero();
    }

    @Test
    void hostsThatAreNotThisMachineAreReachedThroughTheProxyOfTheEnvironment() {
        bench.environment.put("HTTP_PROXY", "http://127.0.0.1:" + bench.host().replaceAll(".*/", ""));
        bench.answer("GET http://cluster.example:9094/version", "{\"version\":\"v\"}");
        assertThat(bench.runAlone("--host", "/dns4/cluster.example/tcp/9094", "version"))
                .isZero();
        assertThat(bench.requests).containsExactly("GET http://cluster.example:9094/version");
        bench.environment.put("NO_PROXY", "example");
        assertThat(bench.runAlone("--host", "/dns4/cluster.example/tcp/1", "version"))
                .isEqualTo(1);
        bench.answer("GET /version", "{\"version\":\"v\"}");
        assertThat(bench.run("version")).isZero();
    }

    @Test
    void listsThatAreTooLongToSortAreToldSo() {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i <= Listing.MAX_SORTED_ROWS; i++) {
            rows.append(pin(CID, "n" + i, NONE));
        }
        bench.answer("GET /allocations", rows.toString());
        assertThat(bench.run("--enc=table", "pin", "ls", "--sort", "name")).isEqualTo(1);
        assertThat(bench.err)
                .isEqualTo("error sorting: the list has more than 50000 rows, too many to sort: use a filter, "
                        + "or leave --sort out\n");
        assertThat(bench.run("--enc=table", "pin", "ls")).isZero();
    }
}
