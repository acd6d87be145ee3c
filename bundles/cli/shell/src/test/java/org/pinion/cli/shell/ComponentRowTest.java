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
package org.pinion.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

class ComponentRowTest {
    private final ComponentDescriptionDTO description = new ComponentDescriptionDTO();

    ComponentRowTest() {
        description.name = "org.pinion.informer.disk";
        description.configurationPid = new String[] {"org.pinion.informer.disk"};
    }

    @Test
    void anActiveComponentNeedsNoReason() {
        assertThat(row(configuration(ComponentConfigurationDTO.ACTIVE)))
                .isEqualTo(new ComponentRow("informer", "informer.disk", "[7] bundle", "active", ""));
    }

    @Test
    void aComponentWithoutConfigurationIsOffAndNamesIt() {
        ComponentRow row = ComponentRow.of("informer", "[7] bundle", description, List.of());
        assertThat(row.state()).isEqualTo("off");
        assertThat(row.reason()).isEqualTo("no configuration org.pinion.informer.disk");
    }

    @Test
    void aFailedComponentShowsTheCauseAndNotWhatWrapsIt() {
        ComponentConfigurationDTO failed = configuration(ComponentConfigurationDTO.FAILED_ACTIVATION);
        failed.failure = "java.lang.reflect.InvocationTargetException\n\tat x\n"
                + "Caused by: java.lang.IllegalArgumentException: disk.metric_ttl is invalid: 0s\n\tat y";
        assertThat(row(failed).state()).isEqualTo("failed");
        assertThat(row(failed).reason()).isEqualTo("disk.metric_ttl is invalid: 0s");
    }

    @Test
    void aWaitingComponentNamesWhatIsMissing() {
        ComponentConfigurationDTO waiting = configuration(ComponentConfigurationDTO.UNSATISFIED_REFERENCE);
        UnsatisfiedReferenceDTO missing = new UnsatisfiedReferenceDTO();
        missing.name = "host";
        missing.target = "(pinion.host=cluster)";
        waiting.unsatisfiedReferences = new UnsatisfiedReferenceDTO[] {missing};
        assertThat(row(waiting).state()).isEqualTo("waiting");
        assertThat(row(waiting).reason()).isEqualTo("no host (pinion.host=cluster)");
    }

    @Test
    void theTableIsSortedByTypeAndAligned() {
        ComponentRow monitor = new ComponentRow("monitor", "monitor.pubsubmon", "[9] b", "active", "");
        ComponentRow api = new ComponentRow("api", "api.restapi", "[8] b", "off", "no configuration x");
        assertThat(ComponentRow.table(List.of(monitor, api)))
                .isEqualTo("TYPE     IMPLEMENTATION     STATE   BUNDLE  REASON\n"
                        + "api      api.restapi        off     [8] b   no configuration x\n"
                        + "monitor  monitor.pubsubmon  active  [9] b");
    }

    @Test
    void aComponentThatPublishesNoContractHasNoType() {
        assertThat(ComponentTypes.of("x", new String[] {"java.lang.Runnable"})).isEmpty();
        assertThat(ComponentTypes.of("y", new String[] {"x", "org.pinion.spi.informer.Informer"}))
                .isEqualTo("informer");
        assertThat(ComponentTypes.of("org.pinion.cluster", new String[0])).isEqualTo("cluster");
    }

    private ComponentRow row(ComponentConfigurationDTO configuration) {
        return ComponentRow.of("informer", "[7] bundle", description, List.of(configuration));
    }

    private ComponentConfigurationDTO configuration(int state) {
        ComponentConfigurationDTO configuration = new ComponentConfigurationDTO();
        configuration.description = description;
        configuration.state = state;
        return configuration;
    }
}
