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
package org.pinion.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LogLevelsTest {
    @Test
    void emptyMeansInfo() {
        assertThat(LogLevels.parse("").systemProperties())
                .containsEntry("pinion.log.all", "INFO")
                .containsEntry("pinion.log.crdt", "INFO");
    }

    @Test
    void componentsDifferFromTheRest() {
        assertThat(LogLevels.parse("warning,restapi:Debug").systemProperties())
                .containsEntry("pinion.log.all", "WARN")
                .containsEntry("pinion.log.crdt", "WARN")
                .containsEntry("pinion.log.restapi", "DEBUG");
    }

    @Test
    void lastOneWins() {
        assertThat(LogLevels.parse("crdt:debug,crdt:error").systemProperties())
                .containsEntry("pinion.log.crdt", "ERROR");
    }

    @Test
    void unknownLevelsAreIgnored() {
        assertThat(LogLevels.parse("loud,crdt:louder").systemProperties())
                .containsEntry("pinion.log.all", "INFO")
                .containsEntry("pinion.log.crdt", "INFO");
    }

    @Test
    void otherNamesOfTheReferenceMeanTheSame() {
        assertThat(LogLevels.parse("p2p-gorpc:debug").systemProperties()).containsEntry("pinion.log.rpc", "DEBUG");
    }

    @Test
    void theLoggingConfigurationNamesEveryComponent() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("etc/karaf"))) {
            folder = folder.getParent();
        }
        String text = Files.readString(folder.resolve("etc/karaf/org.ops4j.pax.logging.cfg"));

        assertThat(LogLevels.COMPONENTS)
                .allSatisfy(component -> assertThat(text).contains("${pinion.log." + component + "}"));
    }
}
