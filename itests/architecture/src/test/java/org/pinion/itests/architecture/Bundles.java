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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The table of layers, {@code etc/build/layers.csv}, and the built bundles that it speaks of. */
final class Bundles {
    static final Path ROOT = root();

    /** One row: lists are empty where the table has nothing. */
    record Row(String folder, int layer, List<String> ours, List<String> thirdParty, List<String> exports) {
        String symbolicName() {
            return "org.pinion." + folder.replace('/', '.');
        }

        String rootPackage() {
            return symbolicName().replace('-', '.');
        }

        Path classes() {
            return ROOT.resolve("bundles").resolve(folder).resolve("target/classes");
        }

        /** The built jar; all of them are there after {@code mvn install} of the whole project. */
        JarFile jar() {
            Path target = ROOT.resolve("bundles").resolve(folder).resolve("target");
            try (Stream<Path> files = Files.list(target)) {
                Path jar = files.filter(file -> file.getFileName().toString().startsWith(symbolicName() + "-")
                                && file.toString().matches(".*(?<!-sources|-javadoc)\\.jar"))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("not built: " + target));
                return new JarFile(jar.toFile());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String header(String name) {
            try (JarFile jar = jar()) {
                String value = jar.getManifest().getMainAttributes().getValue(name);
                return value == null ? "" : value;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String toString() {
            return folder;
        }
    }

    private Bundles() {}

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String line : lines(ROOT.resolve("etc/build/layers.csv"))) {
            if (!line.startsWith("#") && !line.startsWith("folder,") && !line.isBlank()) {
                String[] cells = line.split(",", -1);
                rows.add(new Row(cells[0], Integer.parseInt(cells[1]), list(cells[2]), list(cells[3]), list(cells[4])));
            }
        }
        return rows;
    }

    /** The folders below {@code bundles/} that have a pom. */
    static List<String> folders() {
        Path bundles = ROOT.resolve("bundles");
        try (Stream<Path> files = Files.find(
                bundles, 3, (file, a) -> file.getFileName().toString().equals("pom.xml"))) {
            return files.map(file -> bundles.relativize(file.getParent()).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> list(String cell) {
        return cell.isBlank() ? List.of() : List.of(cell.strip().split(" +"));
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("etc/build/layers.csv"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("etc/build/layers.csv is in no folder above");
            }
        }
        return folder;
    }
}
