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
package org.pinion.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.Pin;

class ReadmeExampleTest {
    private static final String BEGIN = "```java\n";
    private static final String STATUS =
            "{\"cid\":\"bafkqaaa\",\"name\":\"notes\",\"created\":\"0001-01-01T00:00:00Z\",\"peer_map\":{}}\n";

    @TempDir
    Path folder;

    @Test
    void theExampleOfTheReadmeCompilesAndRuns() throws Exception {
        String readme = Files.readString(Path.of("../../README.md"));
        int start = readme.indexOf(BEGIN) + BEGIN.length();
        String code = readme.substring(start, readme.indexOf("```", start));
        assertThat(code.lines()).hasSizeLessThanOrEqualTo(11);
        String pin = "{\"cid\":\"bafkqaaa\",\"type\":\"pin\",\"name\":\"notes\",\"max_depth\":-1}";
        RawServer.Answer answer = (head, out) ->
                RawServer.json(head.startsWith("POST") ? pin : STATUS).to(head, out);
        try (RawServer server = new RawServer(answer)) {
            Path source = folder.resolve("Example.java");
            Files.writeString(source, program(code.replace("tcp/9094", "tcp/" + server.port())));
            assertThat(run(source)).isEqualTo("pinned bafkqaaa as notes\nbafkqaaa on 0 peers\n");
            assertThat(server.heads).hasSize(2);
        }
    }

    private static String program(String code) {
        return "import org.pinion.client.*; import org.pinion.ipld.multiformats.*; import org.pinion.spi.*;"
                + "import org.pinion.spi.flow.*; public class Example { public static void run(java.io.PrintStream out)"
                + " {\n" + code.replace("System.out", "out") + "} }";
    }

    private String run(Path source) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        StringJoiner path = new StringJoiner(File.pathSeparator);
        for (Class<?> type : List.of(ClusterClient.class, Multiaddr.class, Pin.class)) {
            path.add(Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        }
        int failed =
                compiler.run(null, told, told, "-proc:none", "-cp", path.toString(), "-d", "" + folder, "" + source);
        assertThat(failed).as(told.toString(StandardCharsets.UTF_8)).isZero();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
            loader.loadClass("Example").getMethod("run", PrintStream.class).invoke(null, out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
