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

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.pinion.itests.testkit.ForeignProcess;

/** Programs of others that tests use when the machine has them. */
final class Binaries {
    private Binaries() {}

    /** Kubo's {@code ipfs}; without it the test is skipped with one line. */
    static Path kubo() {
        return orSkip("Kubo", "KUBO_BIN", "ipfs");
    }

    /** The reference's {@code ipfs-cluster-service}; without it the test is skipped with one line. */
    static Path referenceService() {
        return orSkip("the reference", "GO_CLUSTER_BIN", "ipfs-cluster-service");
    }

    /** The reference's {@code ipfs-cluster-ctl}; without it the test is skipped with one line. */
    static Path referenceCtl() {
        return orSkip("the reference's ctl", "GO_CLUSTER_BIN", "ipfs-cluster-ctl");
    }

    private static Path orSkip(String what, String variable, String name) {
        Optional<Path> found = ForeignProcess.find(variable, name);
        if (found.isEmpty()) {
            System.out.println("skipped: no " + what + " on this machine; " + variable + " would name it");
        }
        Assumptions.assumeTrue(found.isPresent(), "no " + what + "; set " + variable);
        return found.orElseThrow();
    }
}
