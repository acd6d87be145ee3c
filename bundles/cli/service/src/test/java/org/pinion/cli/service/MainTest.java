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
package org.pinion.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.spi.cluster.Versions;

class MainTest {
    private static final String PEER = "12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU";

    @TempDir
    Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String input = "";

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return Main.run(
                new ServiceCommand.Surroundings(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment),
                arguments);
    }

    private String peer() {
        return dir.resolve("peer").toString();
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String service() throws Exception {
        return Files.readString(dir.resolve("peer/service.json"));
    }

    @Test
    void withoutACommandHelpIsShownAndTheStatusIsOne() {
        assertThat(run("--config", peer())).isEqualTo(1);
        assertThat(out()).contains("NAME:\n   ipfs-cluster-service - ", "USAGE:\n", "COMMANDS:\n", "GLOBAL OPTIONS:\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help", "h"})
    void helpEndsWithStatusZero(String word) {
        assertThat(run(word)).isZero();
        assertThat(out()).containsPattern("(?m)^DESCRIPTION:$");
    }

    @ParameterizedTest
    @CsvSource({"init, --randomports", "daemon, --bootstrap", "'state export', --file", "'config check', --help"})
    void everyCommandHasHelp(String words, String option) {
        String[] command = words.split(" ");
        String[] withHelp = java.util.Arrays.copyOf(command, command.length + 1);
        withHelp[command.length] = "--help";

        assertThat(run(withHelp)).isZero();
        String byFlag = out();
        assertThat(byFlag).contains("OPTIONS:\n").contains(option);
        assertThat(run(("help " + words).split(" "))).isZero();
        assertThat(out()).isEqualTo(byFlag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"help nothing", "state nothing"})
    void helpOnNothingEndsWithThree(String words) {
        assertThat(run(words.split(" "))).isEqualTo(3);
        assertThat(err()).isEqualTo("No help topic for 'nothing'\n");
    }

    @Test
    void anUnknownCommandShowsHelpAndFails() {
        assertThat(run("dance")).isEqualTo(1);
        assertThat(out()).startsWith("NAME:");
    }

    @ParameterizedTest
    @CsvSource({
        "'--nope', 'Incorrect Usage. flag provided but not defined: -nope'",
        "'init --nope', 'Incorrect Usage: flag provided but not defined: -nope'",
        "'daemon -nope', 'Incorrect Usage: flag provided but not defined: -nope'",
        "'init --force=maybe', 'Incorrect Usage. invalid boolean value \"maybe\" for -force'",
        "'init --peers', 'Incorrect Usage: '"
    })
    void wrongFlagsShowUsageAndFail(String words, String message) {
        assertThat(run(words.split(" "))).isEqualTo(1);
        assertThat(out()).startsWith(message).contains("NAME:");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void theVersionNeedsNoFolder() {
        assertThat(run("version")).isZero();
        assertThat(out()).isEqualTo(Versions.FULL + "\n");
        assertThat(run("--version")).isZero();
        assertThat(out()).isEqualTo("ipfs-cluster-service version " + Versions.FULL + "\n");
    }

    @Test
    void initMakesTheFilesAndIdReadsThem() {
        assertThat(run("--config", peer(), "init")).isZero();
        assertThat(out()).isEmpty();
        assertThat(err())
                .isEqualTo("configuration written to " + peer() + "/service.json.\nnew identity written to " + peer()
                        + "/identity.json\nnew empty peerstore written to " + peer() + "/peerstore.\n");
        assertThat(run("-c", peer(), "id")).isZero();
        assertThat(out()).matches("12D3KooW\\w{44}\n");
        assertThat(run("-c", peer(), "config", "check")).isZero();
        assertThat(out()).contains("can be used");
    }

    @Test
    void theFolderComesFromFlagThenEnvironmentThenHome() {
        environment.put("HOME", dir.resolve("home").toString());
        assertThat(run("init")).isZero();
        assertThat(dir.resolve("home/.ipfs-cluster/service.json")).exists();
        environment.put("IPFS_CLUSTER_PATH", dir.resolve("env").toString());
        assertThat(run("init")).isZero();
        assertThat(dir.resolve("env/service.json")).exists();
        assertThat(run("--config=" + dir.resolve("flag"), "init")).isZero();
        assertThat(dir.resolve("flag/service.json")).exists();
    }

    @Test
    void flagsAreTakenAsGoTakesThem() throws Exception {
        assertThat(run("-config", peer(), "init", "-consensus", "raft", "--force=false", "-randomports=true"))
                .isZero();
        assertThat(service()).contains("\"raft\"").doesNotContain("/tcp/9096\"");
        assertThat(run("-config=" + peer(), "init", "http://host/cfg.json", "-force"))
                .isZero();
        assertThat(service()).isEqualTo("{\n  \"source\": \"http://host/cfg.json\"\n}");
    }

    @ParameterizedTest
    @CsvSource({"y, true", "Y, true", "n, false", "'', false", "'what', false", "'a\nb\ny', true"})
    void overwritingIsAskedFor(String answer, boolean overwritten) throws Exception {
        run("-c", peer(), "init");
        String before = service();
        input = answer + "\n";

        assertThat(run("-c", peer(), "init")).isZero();
        assertThat(out()).startsWith("The configuration file will be overwritten. Continue? [y/n]: ");
        assertThat(service().equals(before)).isEqualTo(!overwritten);
    }

    @Test
    void afterThreeOtherAnswersItIsNo() throws Exception {
        run("-c", peer(), "init");
        String before = service();
        input = "a\nb\nc\ny\n";

        assertThat(run("-c", peer(), "init")).isZero();
        assertThat(out().split("Please press either 'y' or 'n'", -1)).hasSize(4);
        assertThat(service()).isEqualTo(before);
    }

    @Test
    void aSecretCanBeTyped() throws Exception {
        input = "AB".repeat(32) + "\n";
        assertThat(run("-c", peer(), "init", "-s")).isZero();
        assertThat(out()).isEqualTo("Enter cluster secret (32-byte hex string): ");
        assertThat(service()).contains("\"secret\": \"" + "ab".repeat(32) + "\"");
    }

    @Test
    void anEmptySecretIsAnOpenNetwork() throws Exception {
        environment.put("CLUSTER_SECRET", "ab".repeat(32));
        assertThat(run("-c", peer(), "init", "--custom-secret")).isZero();
        assertThat(service()).contains("\"secret\": \"\"");
        assertThat(err()).startsWith("Cluster secret is empty, cluster will start on unprotected network.\n");
    }

    @ParameterizedTest
    @CsvSource({
        "abcd, 'error parsing user-provided secret: input secret is 2 bytes, cluster secret should be 32'",
        "zz, 'error parsing user-provided secret: encoding/hex: invalid byte: U+007A ''z'''"
    })
    void aBadSecretIsRefused(String secret, String message) {
        input = secret + "\n";
        assertThat(run("-c", peer(), "init", "-s")).isEqualTo(1);
        assertThat(err()).isEqualTo(message + "\n");
        assertThat(dir).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "foo, 'error parsing peer multiaddress: foo: failed to parse multiaddr \"foo\": must begin with /'",
        "'/ip4/1.2.3.4/tcp/1/p2p/12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU,', 'error parsing peer multiaddress: : failed to parse multiaddr \"\": empty multiaddr'",
        "/ip4/1.2.3.4/tcp/1, 'error getting AddrInfos from peer multiaddresses: invalid p2p multiaddr'"
    })
    void badPeersAreRefused(String peers, String message) {
        assertThat(run("-c", peer(), "init", "--peers", peers)).isEqualTo(1);
        assertThat(err()).startsWith(message);
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void peersStandInThePeerstoreAsTheyWereGiven() {
        String one = "/ip4/1.2.3.4/tcp/9096/p2p/" + PEER;
        assertThat(run("-c", peer(), "init", "--peers", one + " , " + one.replace("1.2", "3.4")))
                .isZero();
        assertThat(dir.resolve("peer/peerstore")).content().contains(one + "\n");
    }

    @Test
    void daemonSaysHowToBegin() {
        assertThat(run("-c", peer(), "daemon")).isEqualTo(1);
        assertThat(err())
                .contains("\tINFO\tservice\tInitializing. For verbose output run with \"-l debug\". Please wait...\n")
                .contains("error loading configurations: open " + peer() + "/service.json: no such file or directory");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void daemonRefusesWrongFilesWithEveryFaultAndFreesTheFolder() throws Exception {
        run("-c", peer(), "init");
        Files.writeString(
                dir.resolve("peer/service.json"),
                service().replace("\"3s\"", "\"0s\"").replace("\"high_water\": 400", "\"high_water\": -1"));
        Files.writeString(dir.resolve("peer/identity.json"), "{}");

        assertThat(run("-c", peer(), "-l", "error", "daemon")).isEqualTo(1);
        assertThat(err().lines()).hasSize(3).allMatch(line -> line.startsWith("error loading configurations: "));
        assertThat(dir.resolve("peer/cluster.lock")).doesNotExist();
    }

    @Test
    void daemonRefusesAPortThatIsTaken() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/" + other.getLocalPort());
            run("-c", peer(), "init", "--randomports");

            assertThat(run("-c", peer(), "daemon")).isEqualTo(1);
            assertThat(err())
                    .contains("error creating REST API component: listen tcp4 127.0.0.1:" + other.getLocalPort()
                            + ": bind: address already in use");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--bootstrap, 'error error parsing bootstrap multiaddress (foo): failed to parse multiaddr \"foo\": must begin with /'",
        "-j, 'error error parsing bootstrap multiaddress (foo)'"
    })
    void daemonRefusesBadBootstrapAddressesBeforeAnythingElse(String flag, String message) {
        assertThat(run("-c", peer(), "daemon", flag, "foo")).isEqualTo(1);
        assertThat(err()).contains(message);
    }

    @Test
    void aLogLevelThatCannotBeReadIsRefused() {
        assertThat(run("-c", peer(), "-l", "a:b:c", "daemon")).isEqualTo(1);
        assertThat(err()).contains("error parsing --loglevel: \"a:b:c\"");
    }

    @Test
    void oldFlagsOfTheDaemonAreKnown() {
        run("-c", peer(), "init");
        assertThat(run(
                        "-c",
                        peer(),
                        "daemon",
                        "-u",
                        "--consensus",
                        "raft",
                        "--pintracker",
                        "stateless",
                        "-a",
                        "numpin"))
                .isEqualTo(1);
        assertThat(err()).contains("--consensus raft: ", "init --consensus raft", "--alloc numpin: ");
    }

    @Test
    void stateWorksOnlyOnAFolderWithAConfiguration() {
        assertThat(run("state")).isZero();
        assertThat(run("-c", peer(), "state", "export")).isEqualTo(1);
        assertThat(err()).startsWith("error loading configurations: open " + peer() + "/service.json");
        assertThat(run("-c", peer(), "state", "cleanup")).isZero();
        assertThat(out()).isEqualTo("The peer state will be removed.  Existing pins may be lost. Continue? [y/n]: ");
    }

    @Test
    void aFolderInUseIsRefused() {
        run("-c", peer(), "init");
        try (FolderLock lock = FolderLock.take(Path.of(peer()))) {
            assertThat(lock).isNotNull();
            assertThat(run("-c", peer(), "init", "-f")).isEqualTo(1);
            assertThat(err()).contains("someone else has the lock");
            assertThat(run("-c", peer(), "daemon")).isEqualTo(1);
            assertThat(err()).contains("error obtaining execution lock: lock " + peer() + "/cluster.lock");
        }
    }
}
