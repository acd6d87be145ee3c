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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pinion.itests.testkit.Program;

/** One peer's folder, run by the reference, then by us, then by the reference again. */
@ExtendWith(SharedCluster.class)
@Order(1)
class MovingTest {
    @Test
    void aFolderMovesToUsAndBack() throws Exception {
        MixedCluster cluster = SharedCluster.cluster();
        List<Member> old = SharedCluster.all();
        ReferencePeer mover =
                cluster.theirs("move", SharedCluster.kubo(1), json -> SharedCluster.settings(json, "south"));
        mover.knows(old.stream().map(Member::clusterAddress).toList());
        try {
            String before = pinnedBy(old.get(0), "before the move");
            mover.start();
            cluster.awaitWhole();
            cluster.awaitPinnedEverywhere(before);
            String id = mover.id();
            mover.stop();
            Map<String, String> files = files(mover.folder());
            assertThat(files.keySet()).anyMatch(name -> name.startsWith("pebble/"));

            mover.start(Path.of(Program.named("ipfs-cluster-service")));
            cluster.awaitWhole();
            assertThat(mover.json("/id").path("id").asText()).isEqualTo(id);
            assertThat(mover.json("/id").path("version").asText()).contains("pinion");
            cluster.awaitPinnedEverywhere(before);
            String during = pinnedBy(mover, "during the move");
            cluster.awaitPinnedEverywhere(during);
            assertThat(mover.delete("/pins/" + before).status()).isEqualTo(200);
            cluster.awaitGone(before);
            mover.stop();
            assertThat(files(mover.folder())).isEqualTo(files);

            mover.start();
            cluster.awaitWhole();
            cluster.awaitPinnedEverywhere(during);
            cluster.awaitGone(before);
            assertThat(mover.json("/id").path("version").asText()).isEqualTo("1.1.6");
            cluster.awaitPinnedEverywhere(pinnedBy(mover, "after the move"));
        } finally {
            cluster.forget(mover);
        }
        cluster.awaitWhole();
    }

    private static String pinnedBy(Member member, String text) throws Exception {
        String cid = SharedCluster.kubo(0).add(text);
        assertThat(member.post("/pins/" + cid).status()).isEqualTo(200);
        return cid;
    }

    /** The contents of a folder, but what every stop writes and what is ours. */
    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString();
                if (!name.startsWith("pinion/")
                        && !List.of("peerstore", "output.log", "cluster.lock").contains(name)) {
                    files.put(name, java.util.Arrays.hashCode(Files.readAllBytes(file)) + " " + Files.size(file));
                }
            }
        }
        return files;
    }
}
