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

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pinion.itests.architecture.Bundles.Row;

/** Rules of style that the byte code shows. */
class CodeRulesTest {
    private static final String PROGRAMS = "org.pinion.cli..";
    /** The one bundle that makes threads and reads the clock for everybody else. */
    private static final String EXECUTORS = "org.pinion.exec..";
    /** Has event loops, which are threads of its own. */
    private static final String NETWORK = "org.pinion.libp2p..";

    private static JavaClasses code;

    @BeforeAll
    static void readClasses() {
        List<Path> folders = Bundles.rows().stream()
                .map(Row::classes)
                .filter(Files::isDirectory)
                .toList();
        code = new ClassFileImporter().importPaths(folders);
    }

    @Test
    void nobodySleeps() {
        noClasses().should().callMethodWhere(call("java.lang.Thread", "sleep")).check(code);
    }

    @Test
    void threadsComeFromTheExecutors() {
        noClasses()
                .that()
                .resideOutsideOfPackages(EXECUTORS, PROGRAMS, NETWORK)
                .should()
                .callConstructorWhere(call("java.lang.Thread", "<init>"))
                .orShould()
                .callMethodWhere(call("java.util.concurrent.Executors", "new.*"))
                .orShould()
                .callConstructorWhere(call("java.util.concurrent.(Scheduled)?ThreadPoolExecutor", "<init>"))
                .check(code);
    }

    @Test
    void timeIsInjected() {
        noClasses()
                .that()
                .resideOutsideOfPackages(EXECUTORS, PROGRAMS)
                .should()
                .callMethodWhere(call("java.lang.System", "currentTimeMillis"))
                .orShould()
                .callMethodWhere(call("java.time.(Instant|LocalDateTime|ZonedDateTime|OffsetDateTime)", "now"))
                .check(code);
    }

    /** Event loops have timers of their own, and the client runs in programs too: these measure intervals themselves. */
    @Test
    void intervalsAreMeasuredByTheTicker() {
        noClasses()
                .that()
                .resideOutsideOfPackages(EXECUTORS, PROGRAMS, NETWORK, "org.pinion.client..")
                .should()
                .callMethodWhere(call("java.lang.System", "nanoTime"))
                .check(code);
    }

    /** Event loops run here, so every wait has a bound; the reader of messages joins futures that are done. */
    @Test
    void theNetworkNeverWaitsWithoutABound() {
        noClasses()
                .that()
                .resideInAPackage(NETWORK)
                .and()
                .doNotHaveSimpleName("MessageReader")
                .should()
                .callMethodWhere(call("java.util.concurrent.CompletableFuture", "join"))
                .check(code);
    }

    @Test
    void nettyStaysInTheNetworkHost() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.pinion.libp2p.host..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(code);
    }

    @Test
    void theSlowHttpClientOfTheJdkIsNotUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.net.http..")
                .check(code);
    }

    @Test
    void nobodyWritesToTheConsoleButPrograms() {
        noClasses()
                .that()
                .resideOutsideOfPackages(PROGRAMS)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(code);
    }

    private static DescribedPredicate<JavaCall<?>> call(String owner, String name) {
        return target(owner(nameMatching(owner))).and(target(nameMatching(name)));
    }
}
