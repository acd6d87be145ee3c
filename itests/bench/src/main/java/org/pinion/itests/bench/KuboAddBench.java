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
package org.pinion.itests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.pinion.itests.testkit.Program;

/** Large files added through a peer of the reference and through one of ours, both beside the same Kubo daemon. */
final class KuboAddBench {
    private static final int WARM_UP_MEGABYTES = 128;
    private static final int MEGABYTES = 1024;

    private final Path folder;
    private final Table table;

    KuboAddBench(Path folder, Table table) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.table = table;
    }

    void run() throws Exception {
        Optional<Others> others = Others.find("adding into Kubo");
        if (others.isEmpty()) {
            return;
        }
        others.get().besideKubo(folder, (kubo, theirs, ours) -> {
            add(theirs.apiPort(), WARM_UP_MEGABYTES, 1);
            add(ours.apiPort(), WARM_UP_MEGABYTES, 2);
            row("the reference", theirs.apiPort(), theirs.pid(), 3);
            row("ours", ours.apiPort(), ours.pid(), 4);
        });
    }

    private void row(String who, int apiPort, long pid, int seed) throws IOException {
        double before = ProcessUse.cpuSeconds(pid);
        double perSecond = add(apiPort, MEGABYTES, seed);
        table.row("add of one " + MEGABYTES + " MB file into Kubo, " + who, "MB/s", perSecond);
        table.row("    the daemon's processor time for it", "s", ProcessUse.cpuSeconds(pid) - before);
    }

    /** Megabytes a second. Each file is another one, so that nothing of it is in Kubo. */
    private double add(int apiPort, int megabytes, int seed) throws IOException {
        Path file = RandomFile.make(folder.resolve("file" + seed), megabytes, seed);
        String host = "/ip4/127.0.0.1/tcp/" + apiPort;
        long start = System.nanoTime();
        Program.ours(Map.of(), folder, "ipfs-cluster-ctl", "--host", host, "add", "-Q", file.toString())
                .expectSuccess();
        double seconds = (System.nanoTime() - start) / 1e9;
        Files.delete(file);
        return megabytes / seconds;
    }
}
