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

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The parent of components built elsewhere stands alone, so that it says again what our own pom says. */
class ComponentParentTest {
    private static final Path ROOT = Bundles.ROOT.resolve("pom.xml");
    private static final Path PARENT = Bundles.ROOT.resolve("archetype/parent/pom.xml");

    @Test
    void itHasTheVersionsOfOurOwnBuild() {
        Map<String, String> ours = matches(ROOT, "<([a-z.]+\\.version)>([^<]+)</");
        Map<String, String> theirs = matches(PARENT, "<([a-z.]+\\.version)>([^<]+)</");
        String pinion = theirs.remove("pinion.version");

        assertThat(ours).containsAllEntriesOf(theirs);
        assertThat(pinion).isEqualTo(version(ROOT)).isEqualTo(version(PARENT));
    }

    @Test
    void itHasThePluginsOfOurOwnBuild() {
        String plugin = "<artifactId>(maven-[a-z]+-plugin)</artifactId>\\s*<version>([^<]+)</version>";

        assertThat(matches(ROOT, plugin)).containsAllEntriesOf(matches(PARENT, plugin));
    }

    private static String version(Path pom) {
        return matches(pom, "(<packaging>)?<version>([0-9.]+)</version>\\s*<packaging>pom").values().stream()
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> matches(Path pom, String pattern) {
        Map<String, String> found = new TreeMap<>();
        Matcher matcher = Pattern.compile(pattern).matcher(String.join("\n", Bundles.lines(pom)));
        while (matcher.find()) {
            found.put(String.valueOf(matcher.group(1)), matcher.group(2));
        }
        return found;
    }
}
