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

import java.util.Comparator;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinion.itests.architecture.Bundles.Row;

/** Nothing in a jar depends on when, where and by whom it was built. */
class ReproducibleTest {
    static Stream<Row> bundles() {
        return Bundles.rows().stream();
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void everyEntryHasTheSameTime(Row row) throws Exception {
        try (JarFile jar = row.jar()) {
            assertThat(jar.stream().map(ZipEntry::getLastModifiedTime).distinct())
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void theManifestNamesNoBuilder(Row row) {
        assertThat(List.of("Bnd-LastModified", "Build-Jdk", "Build-Jdk-Spec", "Built-By", "Tool", "Created-By"))
                .allSatisfy(name -> assertThat(row.header(name)).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void headersAreSorted(Row row) throws Exception {
        try (JarFile jar = row.jar()) {
            List<String> names = jar.getManifest().getMainAttributes().keySet().stream()
                    .map(Object::toString)
                    .filter(name -> !name.equals("Manifest-Version"))
                    .toList();
            assertThat(names).isSortedAccordingTo(Comparator.naturalOrder());
        }
    }
}
