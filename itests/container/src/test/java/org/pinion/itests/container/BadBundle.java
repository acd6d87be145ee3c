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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.pinion.itests.testkit.ComponentBundle;

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
        String imported = "org.pinion.spi.allocator,org.pinion.ipld.multiformats" + imports;
        new ComponentBundle(name, "Odd", source, imported, component()).write(folder.resolve(name), jar);
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
}
