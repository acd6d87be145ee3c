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

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.pinion.itests.testkit.Program;

/** An allocator that somebody wrote badly, compiled against the contracts of the distribution. */
final class BadBundle {
    private final String name;
    private final Path folder;
    private String constructor = "";
    private String imports = "";
    private String metrics = "return List.of();";
    private int ranking;
    private boolean configured;

    /** A bundle of a name that is fit for a package. */
    BadBundle(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    /** What the component does when it is activated. */
    BadBundle activating(String statements) {
        constructor = statements;
        return this;
    }

    /** A package that no bundle exports. */
    BadBundle importing(String missing) {
        imports = "," + missing;
        return this;
    }

    /** Its place among the allocators. */
    BadBundle ranking(int value) {
        ranking = value;
        return this;
    }

    /** Only a section {@code allocator.NAME} of service.json switches it on. */
    BadBundle configured() {
        configured = true;
        return this;
    }

    /** What the component answers; it ranks nobody. */
    BadBundle metrics(String statements) {
        metrics = statements;
        return this;
    }

    /** Compiles it and puts it into a peer's deploy folder, as docs say: hidden, then renamed. */
    Path dropInto(Path peer) {
        try {
            Path deploy = Files.createDirectories(peer.resolve("deploy"));
            Path hidden = deploy.resolve("." + name + ".jar");
            write(hidden);
            return Files.move(hidden, deploy.resolve(name + ".jar"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Path jar) throws IOException {
        String source = """
                package %s;

                import java.util.List;
                import org.pinion.ipld.multiformats.PeerId;
                import org.pinion.spi.allocator.AllocationRequest;
                import org.pinion.spi.allocator.Allocator;

                public final class Odd implements Allocator {
                    public Odd() throws Exception {
                        %s
                    }

                    @Override
                    public List<PeerId> allocate(AllocationRequest request) {
                        return List.of();
                    }

                    @Override
                    public List<String> metrics() {
                        %s
                    }
                }
                """.formatted(name, constructor, metrics);
        Path classes = Files.createDirectories(folder.resolve(name));
        Path file = Files.writeString(classes.resolve("Odd.java"), source);
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "--release",
                        "17",
                        "-cp",
                        contracts(),
                        "-d",
                        classes.toString(),
                        file.toString());
        assertThat(failed).isZero();
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out, manifest());
                Stream<Path> compiled = Files.list(classes.resolve(name))) {
            for (Path one : compiled.toList()) {
                zip.putNextEntry(new JarEntry(name + "/" + one.getFileName()));
                zip.write(Files.readAllBytes(one));
                zip.closeEntry();
            }
            zip.putNextEntry(new JarEntry("OSGI-INF/" + name + ".xml"));
            zip.write(component().getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
    }

    private String component() {
        String pid = "org.pinion.allocator." + name;
        String policy = configured ? " configuration-policy=\"require\" configuration-pid=\"" + pid + "\"" : "";
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="%s"%s>
                  <property name="service.ranking" type="Integer" value="%d"/>
                  <implementation class="%s.Odd"/>
                  <service><provide interface="org.pinion.spi.allocator.Allocator"/></service>
                </scr:component>
                """.formatted(pid, policy, ranking, name);
    }

    private Manifest manifest() {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue("Import-Package", "org.pinion.spi.allocator,org.pinion.ipld.multiformats" + imports);
        main.putValue("Service-Component", "OSGI-INF/" + name + ".xml");
        main.putValue(
                "Require-Capability",
                "osgi.extender;filter:=\"(&(osgi.extender=osgi.component)(version>=1.3.0)(!(version>=2.0.0)))\"");
        return manifest;
    }

    private static String contracts() throws IOException {
        List<String> wanted = List.of("org.pinion.spi-", "org.pinion.ipld.multiformats-");
        try (Stream<Path> files = Files.walk(Program.distribution().resolve("system"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .filter(file -> wanted.stream().anyMatch(file.getFileName().toString()::startsWith))
                    .map(Path::toString)
                    .collect(Collectors.joining(System.getProperty("path.separator")));
        }
    }
}
