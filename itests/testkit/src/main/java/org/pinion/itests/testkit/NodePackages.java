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
package org.pinion.itests.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Programs for Node, where the machine has it, with packages of the public registry. */
public final class NodePackages {
    private static final int MIN_VERSION = 20;

    private NodePackages() {}

    /** Without Node the test is skipped with one line. */
    public static void nodeOrSkip(String what) {
        skipIf(what, missing());
    }

    /** Puts packages into a folder; without Node or the packages the test is skipped with one line. */
    public static void installOrSkip(String what, Path folder, String... packages) {
        String missing = missing();
        if (missing.isEmpty()) {
            List<String> npm =
                    new ArrayList<>(List.of("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"));
            npm.addAll(List.of("--prefer-offline", "--fetch-retries=0", "--fetch-timeout=20000"));
            npm.addAll(List.of(packages));
            try {
                Files.createDirectories(folder);
                Files.writeString(folder.resolve("package.json"), "{}");
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            missing = run(folder, npm).exitCode() == 0 ? "" : "npm cannot fetch " + String.join(", ", packages);
        }
        skipIf(what, missing);
    }

    /** Ends the test with one visible line if something is missing. */
    public static void skipIf(String what, String missing) {
        if (!missing.isEmpty()) {
            System.out.println("skipped: " + what + ", " + missing);
            Assumptions.abort(missing);
        }
    }

    private static String missing() {
        try {
            Program.Result node = run(Path.of("").toAbsolutePath(), List.of("node", "-v"));
            boolean isNew = node.exitCode() == 0
                    && Integer.parseInt(node.out().strip().substring(1).split("\\.")[0]) >= MIN_VERSION;
            return isNew ? "" : "Node " + MIN_VERSION + " or newer is not there";
        } catch (UncheckedIOException absent) {
            return "Node is not there";
        }
    }

    /** Runs a script with the packages of a folder and gives what it printed. */
    public static String script(Path folder, InputStream script, String name, String... arguments) {
        try (script) {
            Files.write(folder.resolve(name), script.readAllBytes());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        List<String> command = new ArrayList<>(List.of("node", name));
        command.addAll(List.of(arguments));
        return run(folder, command).expectSuccess();
    }

    private static Program.Result run(Path folder, List<String> command) {
        return Program.run(Map.of(), folder, InputStream.nullInputStream(), command);
    }
}
