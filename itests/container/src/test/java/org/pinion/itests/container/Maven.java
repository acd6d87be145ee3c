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
package org.pinion.itests.container;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pinion.itests.testkit.Program;

/** The Maven that runs this build, as somebody else uses it: in a folder of their own, with what the build installed. */
final class Maven {
    private static final String ARCHETYPES = "org.apache.maven.plugins:maven-archetype-plugin:3.4.0";

    private Maven() {}

    /** The version that is being built. */
    static String version() {
        return property("pinion.version");
    }

    /** The local repository, with everything that the build installed or fetched. */
    static Path repository() {
        return Path.of(property("pinion.maven.repository"));
    }

    static String karafVersion() {
        return property("pinion.karaf.version");
    }

    /** The Karaf that Pinion is built on, as Apache publishes it. */
    static Path karaf() {
        String karaf = karafVersion();
        return repository().resolve("org/apache/karaf/apache-karaf/" + karaf + "/apache-karaf-" + karaf + ".tar.gz");
    }

    /** Makes a project in a folder that does not exist yet. */
    static void generate(Path folder, String name) {
        run(
                folder.getParent(),
                ARCHETYPES + ":generate",
                "-DarchetypeGroupId=org.pinion",
                "-DarchetypeArtifactId=pinion-component-archetype",
                "-DarchetypeVersion=" + version(),
                "-DgroupId=org.example",
                "-DartifactId=" + folder.getFileName(),
                "-Dversion=1.0.0",
                "-Dpackage=org.example." + name,
                "-Dname=" + name);
    }

    /** Runs goals in a folder; a failure shows what Maven said. */
    static String run(Path folder, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(property("pinion.maven"), "bin", "mvn").toString());
        command.addAll(List.of("-B", "-q", "-Dstyle.color=never", "-Dmaven.repo.local=" + repository()));
        if (property("pinion.maven.mode").equals("offline=true")) {
            command.add("-o");
        }
        command.addAll(List.of(arguments));
        // For a few seconds' work the JVM need not try hard.
        String options = System.getenv().getOrDefault("MAVEN_OPTS", "") + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1";
        return Program.run(Map.of("MAVEN_OPTS", options), folder, InputStream.nullInputStream(), command)
                .expectSuccess();
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), () -> "the build sets -D" + name);
    }
}
