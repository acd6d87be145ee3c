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
package org.pinion.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Alert;
import org.pinion.spi.ConnectGraph;
import org.pinion.spi.Metric;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.RepoGc;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Bandwidth;
import org.pinion.spi.cluster.Components;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.config.LiveConfig;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.pintracker.PinReconciler;
import org.pinion.spi.pintracker.StatusListener;
import org.pinion.spi.state.PinIndexes;
import org.pinion.spi.state.PinQuery;

class CommandsTest {
    private static final String ONE = "bafkqaaa";
    private static final String TWO = "bafkqabtimvwgy3yk";

    private final FakePeer peer = new FakePeer();

    @TempDir
    Path folder;

    @Test
    void everyCommandHasHelpWithExamplesOfItself() {
        for (Spec spec : ClusterCommands.specs()) {
            assertThat(peer.run(spec.name(), "--help"))
                    .contains("cluster:" + spec.name())
                    .contains("--help");
            assertThat(spec.examples()).as(spec.name()).isNotEmpty();
            assertThat(spec.description()).as(spec.name()).isNotBlank();
        }
    }

    @Test
    void statusPrintsWhatCtlPrints() {
        peer.hold(ONE, "");
        assertThat(peer.run("status", ONE)).startsWith(ONE + ":\n    > peer0                : PINNED | 2026-11-22T");
        assertThat(peer.run("status")).isEqualTo(peer.run("status", ONE));
        assertThat(peer.run("status", "--filter", "error")).isEmpty();
        assertThat(peer.run("status", "--enc", "table"))
                .contains("CID")
                .contains("peer0")
                .contains("PINNED");
        assertThat(peer.run("status", "--enc=json", ONE)).contains("\"status\": \"pinned\"");
        assertThat(peer.openCursors).isZero();
    }

    @Test
    void thePinSetIsListedAndChanged() {
        peer.run("pin-add", "--no-status", "--name", "a", "--rmin", "-1", "--rmax", "-1", "--metadata", "k=v", ONE);
        assertThat(peer.run("pin-ls", ONE)).startsWith(ONE + " | a | PIN | Repl. Factor: -1");
        assertThat(peer.run("allocations")).isEqualTo(peer.run("pin-ls"));
        assertThat(peer.run("pin-ls", "--filter", "shard-pin")).isEmpty();
        assertThat(peer.run("pin-rm", "--no-status", ONE)).startsWith(ONE);
        assertThat(peer.run("pin-ls")).isEmpty();
        assertThatThrownBy(() -> peer.run("pin-ls", ONE))
                .isInstanceOf(ShellFailure.class)
                .hasMessageContaining("not part of the pinset");
    }

    @Test
    void anUpdateNamesThePinThatItReplaces() {
        peer.hold(ONE, "a");
        peer.run("pin-update", "--no-status", ONE, TWO);
        assertThat(peer.pins.get(Cid.parse(TWO)).options().pinUpdate()).isEqualTo(Cid.parse(ONE));
    }

    @Test
    void waitingEndsWithTheStatusOrTheReason() {
        assertThat(peer.run("pin-add", "--wait", ONE)).contains("PINNED");
        peer.status = TrackerStatus.PIN_ERROR;
        assertThatThrownBy(() -> peer.run("pin-add", "--wait", ONE)).hasMessageContaining("PIN_ERROR");
    }

    @Test
    void wrongWordsAreWrongUsage() {
        for (String[] words : List.of(
                new String[] {"status", "xyz"},
                new String[] {"status", "--nonsense"},
                new String[] {"status", "--filter", "nonsense"},
                new String[] {"status", "--enc", "xml"},
                new String[] {"pin-add"},
                new String[] {"pin-add", ONE, TWO},
                new String[] {"pin-add", "--rmin", "x", ONE},
                new String[] {"pin-add", "--metadata", "x", ONE},
                new String[] {"peers-rm", "nobody"},
                new String[] {"config-set", "cluster.peername"})) {
            assertThatThrownBy(() -> peer.run(words))
                    .as(String.join(" ", words))
                    .isInstanceOfSatisfying(
                            ShellFailure.class,
                            failure -> assertThat(failure.status()).isEqualTo(ShellFailure.WRONG_USAGE));
        }
    }

    @Test
    void aServiceThatIsAwayIsNamedWithWhatToDo() {
        peer.remove(PinStatuses.class);
        assertThatThrownBy(() -> peer.run("status"))
                .isInstanceOfSatisfying(
                        ShellFailure.class,
                        failure -> assertThat(failure.status()).isEqualTo(ShellFailure.FAILED))
                .hasMessageContaining("cluster is away")
                .hasMessageContaining("cluster:components");
        for (String command : List.of("components", "config-show", "config-save", "config-reload", "id", "metrics")) {
            assertThatThrownBy(() -> peer.run(command)).hasMessageContaining("is away");
        }
    }

    @Test
    void anInterruptEndsAListAndClosesItsCursor() {
        peer.hold(ONE, "");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> peer.run("pin-ls"))
                .isInstanceOfSatisfying(
                        ShellFailure.class,
                        failure -> assertThat(failure.status()).isEqualTo(ShellFailure.INTERRUPTED));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(peer.openCursors).isZero();
    }

    @Test
    void longListsStopAfterEachScreenAndAreNotReadFurther() {
        for (int i = 0; i < 100; i++) {
            peer.hold(cid(i), "");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deque<Integer> keys = new ArrayDeque<>(List.of((int) ' ', (int) '\n', (int) 'q'));
        peer.run(new Screen(new PrintStream(out, false, StandardCharsets.UTF_8), terminal(keys)), "status");
        String seen = out.toString(StandardCharsets.UTF_8);
        assertThat(keys).isEmpty();
        assertThat(seen).contains("-- more").contains("\u001b[32mPINNED\u001b[0m");
        assertThat(peer.readRows).isLessThan(20);
        assertThat(peer.openCursors).isZero();
    }

    private static String cid(int i) {
        return Cid.v1(Cid.RAW, org.pinion.ipld.multiformats.Multihash.identity(new byte[] {(byte) i, 1}))
                .toString();
    }

    private static Screen.Terminal terminal(Deque<Integer> keys) {
        return new Screen.Terminal() {
            @Override
            public int columns() {
                return 200;
            }

            @Override
            public int lines() {
                return 6;
            }

            @Override
            public boolean colours() {
                return true;
            }

            @Override
            public int key() {
                return keys.remove();
            }
        };
    }

    @Test
    void peersAreShownAndRemovedByTheirNames() {
        PeerInfo info = new PeerInfo(
                FakePeer.PEER, List.of(), List.of(FakePeer.PEER), List.of(), "1", "", "", "", null, "peer0");
        peer.put(Peers.class, (name, arguments) -> switch (name) {
            case "id", "add" -> CompletableFuture.completedFuture(info);
            case "list" -> Cursor.of(List.of(info, PeerInfo.failed(FakePeer.PEER, "gone")));
            case "remove" -> CompletableFuture.completedFuture(null);
            default -> CompletableFuture.completedFuture(graph());
        });
        peer.put(Health.class, (name, arguments) -> List.of(metric("ping", "{\"peer_name\":\"peer0\"}")));
        assertThat(peer.run("id")).startsWith(FakePeer.PEER + " | peer0 | Sees 0 other peers\n");
        assertThat(peer.run("peers-ls")).contains("| ERROR: gone");
        assertThat(peer.run("peers-ls", "--enc", "table")).startsWith("NAME").contains("peer0");
        peer.run("peers-rm", "peer0");
        assertThat(peer.calls).contains("remove[" + FakePeer.PEER + "]");
        assertThat(peer.run("graph")).startsWith("digraph cluster {");
        assertThat(peer.complete("cluster:peers-rm pee")).containsExactly("peer0");
        assertThat(peer.complete("cluster:pin-add --allocations peer0,12D3")).containsExactly("peer0," + FakePeer.PEER);
    }

    private static ConnectGraph graph() {
        TreeMap<org.pinion.ipld.multiformats.PeerId, List<org.pinion.ipld.multiformats.PeerId>> links = new TreeMap<>();
        links.put(FakePeer.PEER, List.of());
        return new ConnectGraph(
                FakePeer.PEER, new TreeMap<>(), new TreeMap<>(), links, new TreeMap<>(), new TreeMap<>());
    }

    private static Metric metric(String name, String value) {
        long expires = Metric.unixNanos(FakePeer.NOW.plusSeconds(18));
        return new Metric(name, FakePeer.PEER, value, expires, true, 0, false, 0);
    }

    @Test
    void healthIsShownAsInCtl() {
        peer.put(Health.class, (name, arguments) -> switch (name) {
            case "metricNames" -> List.of("freespace", "ping");
            case "metrics" -> List.of(metric((String) arguments[0], "x"));
            case "alerts" -> List.of(new Alert(metric("ping", ""), FakePeer.NOW));
            case "isReady" -> false;
            case "missing" -> List.of("no datastore");
            case "collectGarbageLocal" ->
                CompletableFuture.completedFuture(new RepoGc(FakePeer.PEER, "peer0", List.of(), ""));
            default -> CompletableFuture.completedFuture(List.of());
        });
        peer.put(Bandwidth.class, (name, arguments) -> new TreeMap<>());
        assertThat(peer.run("metrics")).isEqualTo("freespace\nping\n");
        assertThat(peer.run("health-metrics", "ping"))
                .isEqualTo(FakePeer.PEER + " | ping: x | Expires in: 18 seconds from now\n");
        assertThat(peer.run("health-alerts")).contains("ping. Expired at: ");
        assertThat(peer.run("health-components")).isEqualTo("not ready\n  > no datastore\n");
        assertThat(peer.run("ipfs-gc", "--local")).startsWith("peer0");
        assertThat(peer.run("health-bandwidth")).isEmpty();
        assertThat(peer.complete("cluster:metrics fr")).containsExactly("freespace");
    }

    @Test
    void configurationAndComponentsAreShownAndChanged() {
        peer.put(LiveConfig.class, (name, arguments) -> switch (name) {
            case "keys" -> List.of("informer.disk.metric_ttl", "informer.disk.metric_type");
            case "reload" -> List.of("a", "b");
            case "save" -> Path.of("/x/service.json");
            default -> name + List.of(arguments);
        });
        peer.put(
                Components.class,
                (name, arguments) -> List.of(
                        new Components.Row(
                                "pintracker", "map", "", -1, Components.State.OFF, Instant.EPOCH, "no configuration"),
                        new Components.Row(
                                "pintracker", "stateless", "b 1", 7, Components.State.ACTIVE, FakePeer.NOW, "")));
        assertThat(peer.run("config-show", "informer.disk")).isEqualTo("show[informer.disk]\n");
        assertThat(peer.run("config-set", "a.b", "c", "d")).isEqualTo("set[a.b, c d]\n");
        assertThat(peer.run("config-reload")).isEqualTo("a\nb\n");
        assertThat(peer.run("config-save")).isEqualTo("/x/service.json\n");
        assertThat(peer.run("swap", "pintracker", "map")).isEqualTo("swap[pintracker, map]\n");
        assertThat(peer.run("components").lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("TYPE")
                                .contains("SINCE")
                                .endsWith("REASON"),
                        line -> assertThat(line).contains("map").contains("off").endsWith("no configuration"),
                        line -> assertThat(line).contains("active  2026-11-22T14:30:58Z  [7] b 1"));
        assertThat(peer.complete("cluster:swap pintr")).containsExactly("pintracker");
        assertThat(peer.complete("cluster:swap pintracker s")).containsExactly("stateless");
        assertThat(peer.complete("cluster:config-set informer.disk.metric_tt"))
                .containsExactly("informer.disk.metric_ttl");
        assertThat(peer.complete("cluster:config-show i")).containsExactly("informer.disk");
    }

    @Test
    void filesOfThisMachineAreAdded() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "a");
        Files.writeString(folder.resolve(".hidden"), "h");
        peer.put(Adder.class, (name, arguments) -> {
            try {
                AddSource source = (AddSource) arguments[0];
                for (AddSource.Entry entry = source.next(); entry != null; entry = source.next()) {
                    ((AddOutput) arguments[2])
                            .added(new AddOutput.Added(entry.path(), Cid.parse(ONE), 0, 1, List.of()));
                }
                return Cid.parse(ONE);
            } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        });
        String name = String.valueOf(folder.getFileName());
        assertThat(peer.run("add", "-r", folder.toString()))
                .isEqualTo("added " + ONE + " " + name + "\nadded " + ONE + " " + name + "/a.txt\n");
        assertThat(peer.run("add", "-Q", folder.resolve("a.txt").toString())).isEqualTo(ONE + "\n");
        assertThatThrownBy(() -> peer.run("add", folder.toString())).hasMessageContaining("use -r");
        assertThatThrownBy(() -> peer.run("add", folder.resolve("b").toString()))
                .hasMessageContaining("no such file");
    }

    @Test
    void syncReconcilesFirst() {
        peer.put(PinReconciler.class, (name, arguments) -> "");
        peer.status = TrackerStatus.PIN_ERROR;
        peer.hold(ONE, "");
        assertThat(peer.run("sync")).contains("PIN_ERROR");
        assertThat(peer.calls).contains("reconcile[]");
        assertThat(peer.run("recover")).isEmpty();
    }

    @Test
    void eventsEndByTheirCountAndLeaveNoListener() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FakePeer quick = new FakePeer();
        Screen screen = new Screen(new PrintStream(out, false, StandardCharsets.UTF_8), null);
        // the listener is told from within its registration, as a lane could
        quick.onOffer =
                listener -> ((StatusListener) listener).statusChanged(Cid.parse(ONE), TrackerStatus.PINNED, "", 1);
        quick.run(screen, "events", "--types", "status", "--count", "1");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("2026-11-22T14:30:58Z | status | " + ONE + " | PINNED\n");
        assertThat(quick.offered.values()).allSatisfy(all -> assertThat(all).isEmpty());
    }

    @Test
    void cidsAndNamesAreCompletedFromThePinSetWithinABound() {
        for (int i = 0; i < 250; i++) {
            peer.hold(cid(i), "name" + i);
        }
        assertThat(peer.complete("cluster:status baf")).hasSize(Candidates.MAX);
        assertThat(peer.complete("cluster:pin-rm " + cid(7))).containsExactly(cid(7));
        assertThat(peer.complete("cluster:pin-rm Qm")).isEmpty();
        peer.put(
                PinIndexes.class,
                (name, arguments) -> peer.list(null).filter(pin -> ((PinQuery) arguments[0]).matches(pin)));
        assertThat(peer.complete("cluster:pin-ls --name name24"))
                .contains("name24", "name240")
                .hasSize(11);
        assertThat(peer.complete("cluster:pin-ls --name=name24")).contains("--name=name24");
        assertThat(peer.complete("cluster:status --fi")).containsExactly("--filter");
        assertThat(peer.complete("cluster:status --filter error,pin_q")).containsExactly("error,pin_queued");
        assertThat(peer.openCursors).isZero();
    }

    @Test
    void theGroupsOfCtlWorkInTwoWords() {
        Group group = new Group(
                "pin",
                ClusterCommands.specs().stream()
                        .map(spec -> peer.command(spec.name()))
                        .toList());
        peer.hold(ONE, "");
        assertThat(group.candidates(new String[] {"cluster:pin", ""}, 1, 0)).contains("add", "ls", "rm", "update");
        assertThat(group.candidates(new String[] {"cluster:pin", "ls", "baf"}, 2, 3))
                .containsExactly(ONE);
    }

    @Test
    void coloursAreLeftOutOfScripts() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream plain = new PrintStream(new PlainOutput(out), true, StandardCharsets.UTF_8);
        plain.print("a\u001b[31;1mb\u001b[0mc\u221e");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("abc\u221e");
    }

    @Test
    void pinsThatAreSeenOnATerminalCannotCommandIt() {
        peer.hold(ONE, "\u001b]0;evil\u0007");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        peer.run(
                new Screen(new PrintStream(out, false, StandardCharsets.UTF_8), terminal(new ArrayDeque<>())),
                "pin-ls",
                ONE);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .doesNotContain("\u001b")
                .doesNotContain("\u0007");
        assertThat(peer.run("pin-ls", ONE)).contains("evil");
    }
}
