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

import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinion.itests.architecture.Bundles.Row;

/** What the manifests of the built bundles say, against the table of layers. */
class LayersTest {
    private static final List<String> VALUES = List.of("org.pinion.ipld");
    private static final List<String> CONTRACTS = List.of("org.pinion.ipld", "org.pinion.spi", "org.pinion.libp2p.api");
    private static final List<String> PLATFORM =
            List.of("java", "javax", "org.slf4j", "org.osgi", "com.sun.nio", "sun.misc");

    static Stream<Row> bundles() {
        return Bundles.rows().stream();
    }

    static Stream<Row> exceptPrograms() {
        return bundles().filter(row -> row.layer() < 4);
    }

    @Test
    void everyBundleHasARow() {
        assertThat(bundles().map(Row::folder).sorted().toList()).isEqualTo(Bundles.folders());
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void symbolicNameIsTheFolder(Row row) {
        assertThat(row.header("Bundle-SymbolicName")).isEqualTo(row.symbolicName());
    }

    @ParameterizedTest
    @MethodSource("exceptPrograms")
    void importsPointDown(Row row) {
        List<String> below = switch (row.layer()) {
            case 1 -> List.of();
            case 2 -> VALUES;
            default -> CONTRACTS;
        };
        List<String> upward = Headers.packages(row.header("Import-Package")).keySet().stream()
                .filter(name -> !(in(name, PLATFORM)
                        || in(name, below)
                        || in(name, row.ours())
                        || in(name, row.thirdParty())
                        || in(name, row.exports())))
                .toList();
        assertThat(upward)
                .as("imports of %s that etc/build/layers.csv does not allow", row)
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("exceptPrograms")
    void onlyWhatTheTableSaysIsExported(Row row) {
        List<String> others = Headers.packages(row.header("Export-Package")).keySet().stream()
                .filter(name -> !in(name, row.exports()))
                .toList();
        assertThat(others).as("exports of %s", row).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("exceptPrograms")
    void exportedPackagesHaveAVersion(Row row) {
        assertThat(Headers.packages(row.header("Export-Package")))
                .allSatisfy((name, parameters) -> assertThat(parameters).contains("version="));
    }

    @ParameterizedTest
    @MethodSource("exceptPrograms")
    void noImportIsOptional(Row row) {
        // An optional import is wired at a refresh, so that updating one bundle would restart others.
        assertThat(Headers.packages(row.header("Import-Package")))
                .allSatisfy((name, parameters) -> assertThat(parameters).doesNotContain("resolution:=optional"));
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void packagesLieUnderTheBundlesName(Row row) throws Exception {
        if (!Files.isDirectory(row.classes())) {
            return;
        }
        try (var files = Files.walk(row.classes())) {
            List<String> strangers = files.filter(file -> file.toString().endsWith(".class"))
                    .map(file -> row.classes().relativize(file).toString().replace('/', '.'))
                    .filter(name -> !name.startsWith(row.rootPackage() + "."))
                    .toList();
            assertThat(strangers).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("exceptPrograms")
    void aFeatureHasEveryBundle(Row row) {
        String line = "mvn:org.pinion/" + row.symbolicName() + "/";
        assertThat(Bundles.lines(Bundles.ROOT.resolve("features/src/main/feature/features.xml")))
                .anyMatch(text -> text.contains(line));
    }

    private static boolean in(String name, List<String> prefixes) {
        return prefixes.stream()
                .anyMatch(prefix -> prefix.equals("*") || name.equals(prefix) || name.startsWith(prefix + "."));
    }
}
