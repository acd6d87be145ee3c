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

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.pinion.itests.testkit.Program;

/** Programs of others that tests use when the machine has them. */
final class Binaries {
    private Binaries() {}

    /** Kubo's {@code ipfs}; without it the test is skipped with one line. */
    static Path kubo() {
        return orSkip("Kubo", "KUBO_BIN", fromEnvironment("KUBO_BIN", "").or(() -> onPath("ipfs")));
    }

    /** The reference's {@code ipfs-cluster-service}; without it the test is skipped with one line. */
    static Path referenceService() {
        return orSkip(
                "the reference",
                "GO_CLUSTER_BIN",
                fromEnvironment("GO_CLUSTER_BIN", "ipfs-cluster-service").or(() -> onPath("ipfs-cluster-service")));
    }

    /** The reference's {@code ipfs-cluster-ctl}; without it the test is skipped with one line. */
    static Path referenceCtl() {
        return orSkip(
                "the reference's ctl",
                "GO_CLUSTER_BIN",
                fromEnvironment("GO_CLUSTER_BIN", "ipfs-cluster-ctl").or(() -> onPath("ipfs-cluster-ctl")));
    }

    private static Path orSkip(String what, String variable, Optional<Path> found) {
        if (found.isEmpty()) {
            System.out.println("skipped: no " + what + " on this machine; " + variable + " would name it");
        }
        Assumptions.assumeTrue(found.isPresent(), "no " + what + "; set " + variable);
        return found.orElseThrow();
    }

    private static Optional<Path> fromEnvironment(String variable, String file) {
        return Optional.ofNullable(System.getenv(variable))
                .map(Path::of)
                .map(path -> file.isEmpty() ? path : path.resolve(file))
                .filter(Files::isExecutable);
    }

    private static Optional<Path> onPath(String name) {
        Path ours = Program.distribution().resolve("bin");
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path candidate = Path.of(folder).resolve(name);
            if (Files.isExecutable(candidate) && !candidate.startsWith(ours)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
