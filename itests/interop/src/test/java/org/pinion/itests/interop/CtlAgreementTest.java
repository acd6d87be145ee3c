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
package org.pinion.itests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pinion.itests.testkit.Program;

/** The reference's ctl and ours, against peers of both kinds: the same answers and exit codes. */
@ExtendWith(SharedCluster.class)
class CtlAgreementTest {
    /** About the asked peer itself. */
    private static final List<String> LOCAL = List.of(
            "id",
            "--enc=json id",
            "version",
            "--enc=json version",
            "status --local",
            "--enc=json status --local",
            "status --local CID",
            "--enc=json status --local CID",
            "recover --local",
            "--enc=json recover --local CID");

    /** The same whoever is asked; by both programs. */
    private static final List<String> GLOBAL_BY_BOTH = List.of(
            "peers ls",
            "--enc=json peers ls",
            "pin ls",
            "--enc=json pin ls",
            "pin ls CID",
            "status",
            "--enc=json status",
            "status CID",
            "--enc=json recover CID",
            "health graph",
            "health metrics",
            "health metrics freespace",
            "--enc=json health metrics ping",
            "pin rm UNKNOWN",
            "--enc=json pin rm UNKNOWN",
            "pin ls UNKNOWN",
            "peers rm PEER",
            "pin add --rmin 5 --rmax 5 CID",
            "status nocid");

    /** The same whoever is asked; by the reference's program. */
    private static final List<String> GLOBAL = List.of(
            "pin ls --filter pin",
            "pin ls --filter pin,meta-pin,clusterdag-pin,shard-pin",
            "pin ls --filter meta-pin",
            "--enc=json pin ls TWO",
            "pin ls nocid",
            "status TWO",
            "status CID TWO",
            "--enc=json status CID",
            "--enc=json status CID UNKNOWN",
            "status UNKNOWN",
            "--enc=json status UNKNOWN",
            "status --filter pinned",
            "--enc=json status --filter pinned",
            "status --filter remote",
            "status --filter error,pin_queued",
            "status --filter nonsense",
            "recover CID",
            "recover UNKNOWN",
            "health graph --all-ipfs-peers",
            "--enc=json health graph",
            "health metrics ping",
            "health metrics tag:group",
            "health metrics pinqueue",
            "health metrics unknown",
            "--enc=json health metrics",
            "--enc=json health metrics freespace",
            "--enc=json health metrics tag:group",
            "peers rm nobody",
            "pin update UNKNOWN CID",
            "--enc=json pin update UNKNOWN CID",
            "pin add --rmin 3 --rmax 2 CID",
            "pin add --rmin -1 --rmax 2 CID",
            "pin add --mode direct CID",
            "pin add --allocations nobody CID",
            "pin add nocid",
            "pin rm nocid",
            "add nofile",
            "add --format car -w PATH",
            "add --layout spiral PATH",
            "add --hash nohash PATH",
            "peers rm",
            "nocommand",
            "pin nocommand");

    private static final int ATTEMPTS = 4;

    private final List<Path> programs = List.of(Binaries.referenceCtl(), Path.of(Program.named("ipfs-cluster-ctl")));
    private final Map<String, String> words = new ConcurrentHashMap<>();
    private final List<String> differences = new CopyOnWriteArrayList<>();

    /** Refused by the reference with a text of its own; ours may say more. */
    private static final List<String> BY_CODE = List.of("add --chunker size-0 PATH", "pin add /ipfs/CID/nothing");

    @Test
    void readingGivesTheSameAnswers() throws Exception {
        prepare();
        ExecutorService workers = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> results = new ArrayList<>();
            LOCAL.forEach(line -> results.add(workers.submit(() -> compare(line, true, true))));
            GLOBAL_BY_BOTH.forEach(line -> results.add(workers.submit(() -> compare(line, false, true))));
            GLOBAL.forEach(line -> results.add(workers.submit(() -> compare(line, false, false))));
            BY_CODE.forEach(line -> results.add(workers.submit(() -> compare(line, false, false))));
            for (Future<?> result : results) {
                result.get();
            }
        } finally {
            workers.shutdown();
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void collectingGarbageGivesTheSameAnswers() throws IOException {
        for (String line : List.of("ipfs gc --local|ipfs gc", "--enc=json ipfs gc --local|ipfs gc")) {
            compare(line, true, true);
        }
        for (String line : List.of("ipfs gc|ipfs gc", "--enc=json ipfs gc|ipfs gc")) {
            compare(line, false, true);
        }
        assertThat(differences).isEmpty();
    }

    /** Not among the others: lists of the reference's status show direct pins as missing. */
    @Test
    void directPinsLookTheSame() throws IOException {
        words.put("DIRECT", SharedCluster.kubo(0).add("direct"));
        SharedCluster.our(1)
                .theirCtl("pin", "add", "--ns", "--mode", "direct", words.get("DIRECT"))
                .expectSuccess();
        SharedCluster.cluster().awaitPinnedEverywhere(words.get("DIRECT"));
        for (String line : List.of("pin ls", "--enc=json pin ls DIRECT", "status DIRECT", "--enc=json status DIRECT")) {
            compare(line, false, true);
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void writingGivesTheSameAnswers() throws IOException {
        prepare();
        for (String line : List.of(
                "pin add --ns --name n --metadata a=b --rmin 2 --rmax 3 --expire-in 1h ONE",
                "--enc=json pin add --ns --name n --metadata a=b --rmin -1 --rmax -1 ONE",
                "--enc=json pin update --ns --name m CID ONE",
                "pin update --ns CID ONE",
                "pin rm --ns ONE|pin add --ns ONE",
                "--enc=json pin rm --ns ONE|pin add --ns ONE",
                "pin add --wait --wait-timeout 60s ONE",
                "--enc=json pin rm --wait --wait-timeout 60s ONE|pin add --ns ONE",
                "add PATH",
                "add -Q --no-pin PATH",
                "add -q -w --name n PATH",
                "--enc=json add --cid-version 1 PATH",
                "--enc=json add --no-stream PATH")) {
            compare(line, false, !line.contains("--wait"));
        }
        assertThat(differences).isEmpty();
    }

    /** Two pins, whose words stand in the commands, one everywhere, one in the west only. */
    private void prepare() throws IOException {
        Path path = Files.writeString(SharedCluster.folder().resolve("added.txt"), "added by each\n");
        words.put("CID", SharedCluster.kubo(0).add("everywhere"));
        words.put("TWO", SharedCluster.kubo(0).add("two copies"));
        words.put("ONE", SharedCluster.kubo(0).add("one more"));
        words.put("UNKNOWN", "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
        words.put("PATH", path.toString());
        words.put("PEER", SharedCluster.go(1).id());
        Member writer = SharedCluster.our(1);
        writer.theirCtl("pin", "add", "--ns", "--name", "all", "--metadata", "k=v", words.get("CID"))
                .expectSuccess();
        String west = SharedCluster.go(1).id() + "," + SharedCluster.our(1).id();
        writer.theirCtl("pin", "add", "--ns", "--rmin", "2", "--rmax", "2", "--allocs", west, words.get("TWO"))
                .expectSuccess();
        SharedCluster.cluster().awaitPinnedEverywhere(words.get("CID"));
        SharedCluster.cluster().awaitInPinset(words.get("TWO"), SharedCluster.all());
        SharedCluster.cluster().awaitSettled(words.get("TWO"));
    }

    /** Notes answers that differ, when they still do after a while: peers change while they are asked. */
    private @Nullable Void compare(String line, boolean local, boolean byBoth) throws IOException {
        String difference = "";
        for (int i = 0; i < ATTEMPTS; i++) {
            difference = difference(line, local, byBoth);
            if (difference.isEmpty()) {
                return null;
            }
            SharedCluster.cluster().awaitWhole();
            SharedCluster.cluster().awaitMetrics(SharedCluster.all(), SharedCluster.all(), SharedCluster.METRICS);
        }
        differences.add(difference);
        return null;
    }

    /** Runs a command, after one that stands behind a bar and makes things as they were. */
    private String difference(String line, boolean local, boolean byBoth) throws IOException {
        String[] parts = line.split("\\|");
        Shape shape = new Shape(SharedCluster.all(), local);
        String first = "";
        StringBuilder text = new StringBuilder();
        for (Member asked : SharedCluster.oneOfEach()) {
            for (Path program : programs.subList(0, byBoth ? 2 : 1)) {
                for (int i = 1; i < parts.length; i++) {
                    asked.theirCtl(words(parts[i])).expectSuccess();
                }
                String answer = shape.of(asked.ctl(program, words(parts[0])), line.contains("--enc=json"));
                if (BY_CODE.contains(line)) {
                    answer = answer.replaceAll("(?m)^  Message: .*$", "");
                }
                if (first.isEmpty()) {
                    first = answer;
                } else if (!answer.equals(first)) {
                    text.append("\n")
                            .append(line)
                            .append("\nfirst answer only:\n")
                            .append(linesNotIn(answer, first));
                    text.append("\nby ")
                            .append(program)
                            .append(" at ")
                            .append(asked.name())
                            .append(" only:\n");
                    text.append(linesNotIn(first, answer));
                }
            }
        }
        return text.toString();
    }

    private static String linesNotIn(String others, String text) {
        List<String> known = others.lines().toList();
        return text.lines().filter(line -> !known.contains(line)).collect(Collectors.joining("\n"));
    }

    private String[] words(String line) {
        return Arrays.stream(line.split(" "))
                .map(word -> words.getOrDefault(word, word))
                .toArray(String[]::new);
    }
}
