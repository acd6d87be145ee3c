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
package org.pinion.itests.testkit;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * A bundle with one component, as a stranger makes it: compiled against the contracts that the distribution ships.
 *
 * @param name the bundle's symbolic name, and the package of its class
 * @param type the class's simple name
 * @param source the class
 * @param imports what the manifest's Import-Package says
 * @param component the component's description in XML
 */
public record ComponentBundle(String name, String type, String source, String imports, String component) {
    /** Compiles it in a folder of its own and writes the jar. */
    public void write(Path folder, Path jar) throws IOException {
        compile(Files.createDirectories(folder));
        String description = "OSGI-INF/" + name + ".xml";
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out, manifest(description));
                Stream<Path> classes = Files.list(folder.resolve(name))) {
            for (Path one : classes.toList()) {
                put(zip, name + "/" + one.getFileName(), Files.readAllBytes(one));
            }
            put(zip, description, component.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void compile(Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve(type + ".java"), source);
        String contracts =
                Program.bundle("org.pinion.spi") + File.pathSeparator + Program.bundle("org.pinion.ipld.multiformats");
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        messages,
                        messages,
                        "--release",
                        "17",
                        "-cp",
                        contracts,
                        "-d",
                        folder.toString(),
                        file.toString());
        if (failed != 0) {
            throw new AssertionError(file + " does not compile: " + messages.toString(StandardCharsets.UTF_8));
        }
    }

    private Manifest manifest(String description) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue("Import-Package", imports);
        main.putValue("Service-Component", description);
        main.putValue(
                "Require-Capability",
                "osgi.extender;filter:=\"(&(osgi.extender=osgi.component)(version>=1.3.0)(!(version>=2.0.0)))\"");
        return manifest;
    }

    private static void put(JarOutputStream zip, String entry, byte[] content) throws IOException {
        zip.putNextEntry(new JarEntry(entry));
        zip.write(content);
        zip.closeEntry();
    }
}
