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
package org.pinion.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

class ComponentReasonTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");

    private final ComponentDescriptionDTO description = new ComponentDescriptionDTO();
    private final ComponentConfigurationDTO configuration = new ComponentConfigurationDTO();

    ComponentReasonTest() {
        description.name = "org.pinion.informer.disk";
        description.configurationPid = new String[] {"org.pinion.informer.disk"};
        description.implementationClass = "disk.Disk";
        description.activate = "activate";
        description.bundle = new BundleDTO();
        configuration.description = description;
    }

    @Test
    void aFailedComponentShowsTheCauseAndNotWhatWrapsIt() {
        configuration.state = ComponentConfigurationDTO.FAILED_ACTIVATION;
        configuration.failure = "java.lang.reflect.InvocationTargetException\n\tat x\n"
                + "Caused by: java.lang.IllegalArgumentException: disk.metric_ttl is invalid: 0s\n\tat y";
        assertThat(ComponentReason.of(configuration)).isEqualTo("activation failed: disk.metric_ttl is invalid: 0s");
        configuration.failure = "java.lang.NullPointerException\n\tat x";
        assertThat(ComponentReason.of(configuration)).isEqualTo("activation failed: java.lang.NullPointerException");
    }

    @Test
    void aWaitingComponentNamesTheContractThatIsMissing() {
        ReferenceDTO reference = new ReferenceDTO();
        reference.name = "$000";
        reference.interfaceName = "org.pinion.libp2p.api.Host";
        description.references = new ReferenceDTO[] {reference};
        UnsatisfiedReferenceDTO missing = new UnsatisfiedReferenceDTO();
        missing.name = "$000";
        missing.target = "(pinion.host=cluster)";
        configuration.state = ComponentConfigurationDTO.UNSATISFIED_REFERENCE;
        configuration.unsatisfiedReferences = new UnsatisfiedReferenceDTO[] {missing};
        assertThat(ComponentReason.of(configuration)).isEqualTo("no Host (pinion.host=cluster)");
    }

    @Test
    void aComponentThatNobodyAsksForNamesItsConfiguration() {
        assertThat(ComponentReason.noSection(description)).isEqualTo("no configuration org.pinion.informer.disk");
    }

    @Test
    void longReasonsStayOneLine() {
        assertThat(ComponentReason.shortened("a\n  b" + "x".repeat(400)))
                .startsWith("a bx")
                .endsWith("…")
                .doesNotContain("\n");
    }

    @Test
    void typesAreKnownByContractAndImplementationsByName() {
        assertThat(ComponentTypes.of("x", List.of("java.lang.Runnable"))).isEmpty();
        assertThat(ComponentTypes.of("y", List.of("x", "org.pinion.spi.informer.Informer")))
                .isEqualTo("informer");
        assertThat(ComponentTypes.of("org.pinion.cluster", List.of())).isEqualTo("cluster");
        assertThat(ComponentTypes.ofPid("org.pinion.pintracker.map")).isEqualTo("pintracker");
        assertThat(ComponentTypes.ofPid("org.pinion.nothing.map")).isEmpty();
        assertThat(ComponentTypes.implementation("informer", "org.pinion.informer.disk.DiskInformer"))
                .isEqualTo("disk");
        assertThat(ComponentTypes.implementation("informer", "weather.Weather")).isEqualTo("weather");
    }

    @Test
    void anActivationThatDoesNotReturnIsFoundInTheStackOfItsThread() {
        Activations activations = new Activations();
        StackTraceElement[] stack = {
            new StackTraceElement("java.lang.Object", "wait", null, -2),
            new StackTraceElement("disk.Disk", "<init>", "Disk.java", 7),
            new StackTraceElement("org.apache.felix.scr.impl.manager.X", "getService", "X.java", 1),
            new StackTraceElement("org.apache.felix.framework.Felix", "startBundle", "Felix.java", 1)
        };
        Thread thread = new Thread(() -> {}, "starter");
        Activations.Running running = activations
                .find(description, Map.of(thread, stack), NOW, bundle -> NOW.minus(Duration.ofSeconds(9)))
                .orElseThrow();
        assertThat(running.isLate(NOW)).isTrue();
        assertThat(running.reason(NOW))
                .isEqualTo(
                        "its activation has not returned for 9 s: thread starter is in disk.Disk.<init>(Disk.java:7)");
        assertThat(activations.find(description, Map.of(thread, new StackTraceElement[] {stack[1]}), NOW, any -> NOW))
                .as("called by somebody else")
                .isEmpty();
    }
}
