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
package org.pinion.itests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import aQute.bnd.service.diff.Delta;
import aQute.bnd.service.diff.Diff;
import aQute.bnd.service.diff.Tree;
import aQute.bnd.service.diff.Type;
import aQute.bnd.version.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The packages that others compile against, compared with {@code etc/build/contracts.txt} by the rules of semantic
 * versioning: what breaks callers or implementers needs a new major version, what adds to a contract a new minor one.
 * {@code ./pinion contracts} takes a change whose versions are right into that file.
 */
class ContractsTest {
    private static final Path FILE = Bundles.ROOT.resolve("etc/build/contracts.txt");
    private static final String HEAD =
            "# What the contracts' packages export. Written by ./pinion contracts, never by hand.";

    private static Signatures built;
    private static Signatures agreed;

    @BeforeAll
    static void read() throws Exception {
        built = Signatures.of(
                Bundles.rows().stream().filter(row -> row.layer() <= 2).toList());
        agreed = Files.exists(FILE) ? Signatures.parse(Bundles.lines(FILE)) : built;
    }

    @Test
    void aPackageThatChangedHasTheVersionThatItNeeds() throws Exception {
        List<String> faults = faults(agreed, built);
        assertThat(faults).isEmpty();
        if (Boolean.getBoolean("pinion.contracts.write")) {
            List<String> lines = new ArrayList<>(List.of(HEAD));
            lines.addAll(built.text());
            Files.write(FILE, lines);
            agreed = built;
        }
        assertThat(differences())
                .as("packages that are not as etc/build/contracts.txt says; their versions are right: run ./pinion"
                        + " contracts and commit the file")
                .isEmpty();
    }

    @Test
    void textAndPackagesSayTheSame() throws Exception {
        assertThat(Signatures.parse(built.text()).text()).isEqualTo(built.text());
        assertThat(faults(Signatures.parse(built.text()), built)).isEmpty();
    }

    @Test
    void whatBreaksImplementersNeedsAMajorVersionAndAnAdditionAMinorOne() throws Exception {
        String name = "org.pinion.spi.informer";
        List<String> lines = built.text();
        List<String> without =
                lines.stream().filter(line -> !line.contains(" measureSoon()")).toList();
        List<String> lessClasses = upTo(lines, "INTERFACE MINOR MAJOR " + name + ".InformerTrigger", lines);

        assertThat(lines).anyMatch(line -> line.contains(" measureSoon()"));
        assertThat(faults(Signatures.parse(without), built))
                .singleElement()
                .asString()
                .contains(name, "MAJOR", "2.0.0");
        assertThat(faults(Signatures.parse(lessClasses), built))
                .singleElement()
                .asString()
                .contains(name, "MINOR", "1.1.0");
    }

    /** The lines without a class and what belongs to it. */
    private static List<String> upTo(List<String> lines, String what, List<String> all) {
        List<String> kept = new ArrayList<>();
        boolean skipping = false;
        for (String line : all) {
            if (line.equals("." + what)) {
                skipping = true;
            } else if (skipping && !line.startsWith("..")) {
                skipping = false;
            }
            if (!skipping) {
                kept.add(line);
            }
        }
        assertThat(kept.size()).isLessThan(lines.size());
        return kept;
    }

    private static List<String> differences() {
        return Stream.concat(built.packages().keySet().stream(), agreed.packages().keySet().stream())
                .distinct()
                .filter(name -> !lines(built.packages().get(name))
                        .equals(lines(agreed.packages().get(name))))
                .toList();
    }

    private static List<String> lines(Tree tree) {
        return tree == null ? List.of() : new Signatures(Map.of(tree.getName(), tree)).text();
    }

    private static List<String> faults(Signatures older, Signatures newer) {
        List<String> faults = new ArrayList<>();
        newer.packages().forEach((name, tree) -> {
            Tree before = older.packages().get(name);
            if (before != null) {
                Diff diff = tree.diff(before);
                Delta delta = worst(diff);
                Version old = new Version(Signatures.version(before));
                Version needed = needed(old, delta);
                if (new Version(Signatures.version(tree)).compareTo(needed) < 0) {
                    faults.add("package " + name + " changed (" + delta
                            + "): raise @Version in its package-info.java from "
                            + Signatures.version(tree) + " to " + needed + ", then run ./pinion contracts:\n"
                            + String.join("\n", changes(diff, "  ")));
                }
            }
        });
        return faults;
    }

    /** What the parts of a package did to it; its version is what is being asked for. */
    private static Delta worst(Diff diff) {
        return diff.getDelta(child -> child.getType() == Type.VERSION);
    }

    private static Version needed(Version old, Delta delta) {
        return switch (delta) {
            case MAJOR, REMOVED -> new Version(old.getMajor() + 1, 0, 0);
            case MINOR, ADDED -> new Version(old.getMajor(), old.getMinor() + 1, 0);
            case MICRO, CHANGED -> new Version(old.getMajor(), old.getMinor(), old.getMicro() + 1);
            default -> old;
        };
    }

    private static List<String> changes(Diff diff, String indent) {
        List<String> lines = new ArrayList<>();
        for (Diff child : diff.getChildren()) {
            Delta delta = child.getDelta();
            if (delta != Delta.UNCHANGED && delta != Delta.IGNORED) {
                lines.add(indent + delta + " " + child.getType() + " " + child.getName());
                lines.addAll(changes(child, indent + "  "));
            }
        }
        return lines;
    }
}
