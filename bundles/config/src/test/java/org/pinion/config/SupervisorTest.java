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

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.http.HttpListening;

class SupervisorTest {
    private static final String REST = "org.pinion.api.restapi";
    private static final List<String> NEEDED = List.of(
            "org.pinion.consensus.crdt",
            "org.pinion.datastore.rocksdb",
            "org.pinion.pintracker.stateless",
            "org.pinion.monitor.pubsubmon",
            "org.pinion.allocator.balanced",
            "org.pinion.ipfsconnector.ipfshttp");

    @TempDir
    Path dir;

    private final FakeFramework framework = new FakeFramework();
    private final List<ComponentConfigurationDTO> components = new ArrayList<>();
    private Supervisor supervisor;

    @BeforeEach
    void start() throws Exception {
        PeerDir.fresh(dir);
        framework.property("pinion.dir", dir.toString());
        supervisor = new Supervisor(framework.context(), new PeerConfiguration(framework.context(), framework.admin()));
    }

    @AfterEach
    void forgetTheExitCode() {
        System.clearProperty("pinion.exit.code");
    }

    private ComponentConfigurationDTO component(String bundle, String name, int state) {
        ComponentDescriptionDTO description = new ComponentDescriptionDTO();
        description.name = name;
        description.configurationPid = new String[] {name};
        description.references = new ReferenceDTO[0];
        description.bundle = new BundleDTO();
        description.bundle.symbolicName = bundle;
        ComponentConfigurationDTO one = new ComponentConfigurationDTO();
        one.description = description;
        one.state = state;
        one.failure = "java.lang.IllegalStateException: no\n\tat x.Y.z(Y.java:1)\nCaused by: java.net.BindException:"
                + " listen tcp4 127.0.0.1:9094: bind: address already in use\n\tat a.B.c(B.java:2)\n";
        one.unsatisfiedReferences = new UnsatisfiedReferenceDTO[0];
        components.add(one);
        return one;
    }

    private ServiceComponentRuntime runtime() {
        return (ServiceComponentRuntime) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServiceComponentRuntime.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getComponentDescriptionDTOs" ->
                        components.stream().map(one -> one.description).toList();
                    case "getComponentConfigurationDTOs" ->
                        components.stream()
                                .filter(one -> one.description.equals(arguments[0]))
                                .toList();
                    case "equals" -> self == arguments[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static Health health() {
        return (Health) Proxy.newProxyInstance(
                SupervisorTest.class.getClassLoader(),
                new Class<?>[] {Health.class},
                (self, method, arguments) -> true);
    }

    @Test
    void aComponentOfOursThatFailsBeforeReadyEndsTheProcess() {
        component(REST, REST, ComponentConfigurationDTO.FAILED_ACTIVATION);
        supervisor.runtimeChanged(runtime());

        assertThat(framework.stopped()).isTrue();
        assertThat(System.getProperty("pinion.exit.code")).isEqualTo("1");
    }

    @Test
    void aFailureAfterReadyLeavesThePeerRunning() {
        supervisor.runtimeChanged(runtime());
        supervisor.listening(new HttpListening("restapi", List.of(), Optional.empty()));
        supervisor.healthReady(health());
        component(REST, REST, ComponentConfigurationDTO.FAILED_ACTIVATION);
        supervisor.runtimeChanged(runtime());

        assertThat(framework.stopped()).isFalse();
        assertThat(System.getProperty("pinion.exit.code")).isNull();
    }

    @Test
    void anApiThatCannotListenBeforeReadyEndsTheProcess() {
        supervisor.listening(new HttpListening("restapi", List.of(), Optional.of("bind: address already in use")));

        assertThat(framework.stopped()).isTrue();
        assertThat(System.getProperty("pinion.exit.code")).isEqualTo("1");
    }

    @Test
    void anApiOfServiceJsonThatCannotListenJustAfterReadyEndsTheProcessToo() {
        supervisor.healthReady(health());
        supervisor.listening(new HttpListening("restapi", List.of(), Optional.of("bind: address already in use")));

        assertThat(framework.stopped()).isTrue();
    }

    @Test
    void anApiThatListenedOnceMayFailLater() {
        supervisor.healthReady(health());
        supervisor.listening(new HttpListening("restapi", List.of(), Optional.empty()));
        supervisor.listening(new HttpListening("restapi", List.of(), Optional.of("bind: address already in use")));
        supervisor.listening(new HttpListening("dropped", List.of(), Optional.of("bind: address already in use")));

        assertThat(framework.stopped()).isFalse();
    }

    @Test
    void anApiThatListensIsFine() {
        supervisor.listening(new HttpListening("restapi", List.of(), Optional.empty()));

        assertThat(framework.stopped()).isFalse();
    }

    @Test
    void aComponentOfAStrangerMayFail() {
        component("org.example.weather", "weather", ComponentConfigurationDTO.FAILED_ACTIVATION);
        supervisor.runtimeChanged(runtime());

        assertThat(framework.stopped()).isFalse();
    }

    @Test
    void waitingAndMissingBundlesOfOptionalSectionsAreNoFailure() {
        NEEDED.forEach(pid -> component(pid, pid, ComponentConfigurationDTO.ACTIVE));
        component(REST, REST, ComponentConfigurationDTO.UNSATISFIED_REFERENCE);
        supervisor.runtimeChanged(runtime());
        framework.booted();

        assertThat(framework.stopped()).isFalse();
    }

    @Test
    void aSectionThatThePeerNeedsAndNoBundleProvidesEndsTheProcess() {
        NEEDED.stream().skip(1).forEach(pid -> component(pid, pid, ComponentConfigurationDTO.ACTIVE));
        supervisor.runtimeChanged(runtime());
        assertThat(framework.stopped()).isFalse();
        framework.booted();

        assertThat(framework.stopped()).isTrue();
        assertThat(System.getProperty("pinion.exit.code")).isEqualTo("1");
    }

    @Test
    void aBundleInDeployMayStillProvideWhatIsNeeded() throws Exception {
        Files.writeString(Files.createDirectories(dir.resolve("deploy")).resolve("consensus.jar"), "");
        supervisor.runtimeChanged(runtime());
        framework.booted();

        assertThat(framework.stopped()).isFalse();
    }

    @Test
    void afterTheBundleIsGoneNothingIsWatched() {
        assertThat(framework.listeners()).hasSize(1);
        supervisor.close();

        assertThat(framework.listeners()).isEmpty();
        assertThat(framework.frameworkListeners()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java.lang.IllegalStateException: text: with colon|text: with colon",
                "java.lang.NullPointerException|java.lang.NullPointerException",
                "a.B: outer Caused by: c.D: inner|inner",
                "plain words|plain words"
            })
    void theReasonIsTheMessageOfTheLastCause(String failure, String reason) {
        assertThat(Supervisor.reason(failure.replace(" Caused by", "\n\tat x\nCaused by")))
                .isEqualTo(reason);
    }
}
