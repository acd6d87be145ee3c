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
package org.pinion.itests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.KuboRecording;
import org.pinion.itests.testkit.RecordedKubo;

/** The server that stands for Kubo in other tests, beside Kubo: the same calls get the same answers. */
class RecordedKuboTest {
    @TempDir
    Path folder;

    @Test
    void theRecordingIsWhatKuboAnswers() throws IOException {
        KuboRecording recording = KuboRecording.load();
        try (KuboNode kubo = new KuboNode(Binaries.kubo(), folder.resolve("kubo")).awaitReady();
                RecordedKubo recorded = new RecordedKubo().on(recording)) {
            String address = kubo.apiAddress();
            int port = Integer.parseInt(address.substring(address.lastIndexOf('/') + 1));
            for (KuboRecording.Call call : recording.calls()) {
                assertThat(essence(call.play(recorded.port())))
                        .as(call.command())
                        .isEqualTo(essence(call.play(port)));
            }
        }
    }

    /** Without what differs between two nodes of the same kind, and without the order of lists that have none. */
    private static List<String> essence(KuboRecording.Call answer) {
        Stream<String> lines = String.join("", answer.chunks())
                .lines()
                .filter(line -> !line.startsWith("{\"Progress\":"))
                .map(RecordedKuboTest::plain)
                .sorted();
        return Stream.concat(
                        Stream.of(
                                answer.status() + " " + answer.type(),
                                answer.trailer().replaceFirst("^pin: ", "")),
                        lines)
                .toList();
    }

    private static String plain(String line) {
        return line.replaceAll("12D3KooW\\w+", "PEER")
                .replaceAll("\"PublicKey\":\"[^\"]+\"", "\"PublicKey\":KEY")
                .replaceAll("/tcp/\\d+/p2p/PEER", "/tcp/PORT/p2p/PEER")
                .replaceAll("\"RepoSize\":\\d+", "\"RepoSize\":SIZE")
                .replaceAll("kubo/[0-9.]+", "kubo/VERSION")
                .replaceAll("\"(Version|Commit|Repo|System|Golang)\":\"[^\"]*\"", "\"$1\":ANY")
                .replaceAll("\"Protocols\":\\[[^]]*]", "\"Protocols\":LIST");
    }
}
