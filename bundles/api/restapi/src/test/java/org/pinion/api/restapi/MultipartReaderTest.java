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
package org.pinion.api.restapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pinion.spi.ClusterException;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.adder.PartSource;
import org.pinion.spi.http.MultipartReader;

class MultipartReaderTest {
    private static final String TYPE = "multipart/form-data; boundary=\"b o;u\"";

    /** Gives a few bytes per read, so that every boundary falls on every place of the buffer. */
    private static InputStream trickle(byte[] all, int atOnce) {
        return new ByteArrayInputStream(all) {
            @Override
            public int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, atOnce));
            }
        };
    }

    private static MultipartReader reader(String body) {
        return new MultipartReader(trickle(body.getBytes(StandardCharsets.UTF_8), 7), TYPE);
    }

    private static List<String> entries(String body) throws IOException {
        PartSource source = new PartSource(reader(body));
        List<String> all = new ArrayList<>();
        for (AddSource.Entry entry = source.next(); entry != null; entry = source.next()) {
            String content = new String(entry.content().readAllBytes(), StandardCharsets.UTF_8);
            all.add(entry.kind() + " " + entry.path() + "=" + content
                    + entry.absolutePath().map(path -> "@" + path).orElse(""));
        }
        return all;
    }

    @Test
    void readsFilesFoldersAndLinksInTheFormOfTheReferencesClient() throws IOException {
        String body = "preamble\r\n--b o;u\r\n"
                + "Content-Disposition: form-data; name=\"file\"; filename=\"dir\"\r\nContent-Type: application/x-directory\r\n\r\n\r\n"
                + "--b o;u  \r\nAbspath-Encoded: %2Ftmp%2Fa+b\r\n"
                + "Content-Disposition: form-data; name=\"file?mode=0644\"; filename=\"dir%2Fa+%C3%BC.txt\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\nhello\r\n--b o;\r\nworld\r\n"
                + "--b o;u\r\nContent-Disposition: form-data; filename=\"../x/./y\\\"z\"\r\n"
                + "Content-Type: application/symlink\r\n\r\n../target\r\n"
                + "--b o;u\r\n\r\nunnamed\r\n--b o;u--\r\nepilogue";
        assertThat(entries(body))
                .containsExactly(
                        "FOLDER dir=",
                        "FILE dir/a ü.txt=hello\r\n--b o;\r\nworld@/tmp/a b",
                        "LINK x/y\"z=../target",
                        "FILE =unnamed");
    }

    @Test
    void readsEmptyBodiesAndEmptyParts() throws IOException {
        assertThat(entries("--b o;u--")).isEmpty();
        assertThat(entries("--b o;u--\r\n")).isEmpty();
        assertThat(entries("--b o;u\r\n\r\n\r\n--b o;u--")).containsExactly("FILE =");
    }

    @Test
    void skipsContentThatNobodyReads() throws IOException {
        String body = "--b o;u\r\nX: 1\r\n\r\n" + "x".repeat(300_000) + "\r\n--b o;u\r\nX: 2\r\n\r\nend\r\n--b o;u--";
        MultipartReader reader = reader(body);
        assertThat(reader.next()).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(reader.headers()).containsEntry("x", "2");
        assertThat(reader.content().readAllBytes()).hasSize(3);
        assertThat(reader.next()).isFalse();
        assertThat(reader.next()).isFalse();
    }

    @Test
    void givesBackRandomContentWhateverTheSizesOfReads() throws IOException {
        Random random = new Random(42);
        for (int round = 0; round < 50; round++) {
            byte[] content = new byte[random.nextInt(200_000)];
            random.nextBytes(content);
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.writeBytes("--b o;u\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            body.writeBytes(content);
            body.writeBytes("\r\n--b o;u--\r\n".getBytes(StandardCharsets.UTF_8));
            InputStream in = trickle(body.toByteArray(), 1 + random.nextInt(100_000));
            MultipartReader reader = new MultipartReader(in, TYPE);
            assertThat(reader.next()).isTrue();
            assertThat(reader.content().readAllBytes()).isEqualTo(content);
            assertThat(reader.next()).isFalse();
        }
    }

    @Test
    void givesBackContentThatIsAlmostABoundary() throws IOException {
        Random random = new Random(43);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder content = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) {
                content.append("\r\n-b".charAt(random.nextInt(4)));
            }
            if ((content + "\r\n--b-b").indexOf("\r\n--b-b") < content.length()) {
                continue;
            }
            String body = "--b-b\r\n\r\n" + content + "\r\n--b-b--\r\n";
            InputStream in = trickle(body.getBytes(StandardCharsets.UTF_8), 1 + random.nextInt(20));
            MultipartReader reader = new MultipartReader(in, "multipart/form-data; boundary=b-b");
            assertThat(reader.next()).isTrue();
            assertThat(reader.content().readAllBytes()).asString().isEqualTo(content.toString());
            assertThat(reader.next()).isFalse();
        }
    }

    @Test
    void refusesBodiesThatEndEarly() {
        for (String body : List.of(
                "--b o;u\r\nContent-Type: a",
                "--b o;u\r\n\r\ncontent",
                "--b o;u\r\n\r\ncontent\r\n--b o;u",
                "--b o;u\r\n")) {
            assertThatThrownBy(() -> entries(body)).as(body).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void refusesWhatIsNotMultipart() {
        assertThatThrownBy(() -> entries("")).isInstanceOf(ClusterException.class);
        assertThatThrownBy(() -> entries("{}")).isInstanceOf(ClusterException.class);
        assertThatThrownBy(() -> entries("x".repeat(200_000)))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("does not begin with its boundary");
        assertThatThrownBy(() -> entries("--b o;u\r\nno colon\r\n\r\n")).hasMessageContaining("malformed header");
        assertThatThrownBy(() -> entries("--b o;u junk\r\n\r\n")).hasMessageContaining("followed by text");
        assertThatThrownBy(() -> entries("--b o;u\r\nX: " + "y".repeat(20_000) + "\r\n\r\n"))
                .hasMessageContaining("longer than 16384 bytes");
        assertThatThrownBy(() -> entries("--b o;u\r\n" + "a: b\r\n".repeat(100) + "\r\n"))
                .hasMessageContaining("more than 64 headers");
        assertThatThrownBy(() -> entries("--b o;u\r\nContent-Disposition: a; filename=\"%zz\"\r\n\r\n\r\n--b o;u--"))
                .hasMessageContaining("not well encoded");
        InputStream none = InputStream.nullInputStream();
        assertThatThrownBy(() -> new MultipartReader(none, "application/json"))
                .hasMessageContaining("must be multipart/form-data");
        assertThatThrownBy(() -> new MultipartReader(none, "multipart/form-data"))
                .hasMessageContaining("boundary");
    }
}
