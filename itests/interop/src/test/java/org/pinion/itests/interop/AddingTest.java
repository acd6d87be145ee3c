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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Adding at a peer of one kind with blocks that go to peers of the other. */
@ExtendWith(SharedCluster.class)
class AddingTest {
    @Test
    void blocksAddedHereStreamToAllocatedPeersOfTheReference() throws IOException {
        Path file = bytes("here.bin", 3_000_000, 1);
        String cid = add(SharedCluster.our(0), file, List.of(SharedCluster.go(0)));
        assertThat(SharedCluster.kubo(0).ipfs("refs", "-r", "--offline", cid).lines())
                .hasSizeGreaterThan(10);
        assertThat(SharedCluster.kubo(1).has(cid)).isFalse();
        awaitHeldBy(cid, SharedCluster.go(0));
        assertThat(SharedCluster.kubo(1).ipfs("cat", cid).length()).isPositive();
    }

    @Test
    void blocksAddedThereStreamToAllocatedPeersOfOurs() throws IOException {
        Path file = bytes("there.bin", 3_000_000, 2);
        String cid = add(SharedCluster.go(0), file, List.of(SharedCluster.our(1)));
        assertThat(SharedCluster.kubo(0).has(cid)).isFalse();
        assertThat(SharedCluster.kubo(1).has(cid)).isFalse();
        awaitHeldBy(cid, SharedCluster.our(1));
        Path back = SharedCluster.folder().resolve("there.back");
        SharedCluster.kubo(0).ipfs("get", "-o", back.toString(), cid);
        assertThat(back).hasSameBinaryContentAs(file);
    }

    @Test
    void oneAddReachesBothKindsAtOnce() throws IOException {
        for (Member asked : SharedCluster.oneOfEach()) {
            Path file = bytes("both-" + asked.name(), 1_000_000, asked.name().hashCode());
            String cid = add(asked, file, List.of(SharedCluster.go(1), SharedCluster.our(1)));
            assertThat(SharedCluster.kubo(1).has(cid)).isTrue();
            SharedCluster.cluster()
                    .awaitStatus(
                            cid, SharedCluster.all(), List.of(SharedCluster.go(1), SharedCluster.our(1)), "pinned");
        }
    }

    @Test
    void foldersAndFormatsGiveTheSameRootsOnBothKinds() throws IOException {
        Path folder = Files.createDirectories(SharedCluster.folder().resolve("tree/inner"));
        Files.writeString(folder.resolve("a.txt"), "a\n");
        Files.write(folder.resolve("b.bin"), new byte[700_000]);
        Files.writeString(folder.getParent().resolve("c.txt"), "c\n");
        for (List<String> options : List.of(
                List.of("-r"),
                List.of("-r", "-w", "--cid-version", "1"),
                List.of("-r", "--layout", "trickle", "--raw-leaves"),
                List.of("-r", "--chunker", "rabin-16384-65536-131072"),
                List.of("-r", "--hash", "sha3-512"))) {
            List<String> outputs = new ArrayList<>();
            for (Member asked : SharedCluster.oneOfEach()) {
                List<String> command = new ArrayList<>(List.of("add"));
                command.addAll(options);
                command.add(folder.getParent().toString());
                outputs.add(asked.theirCtl(command.toArray(String[]::new)).expectSuccess());
                outputs.add(asked.ourCtl(command.toArray(String[]::new)).expectSuccess());
            }
            assertThat(outputs).as(options.toString()).containsOnly(outputs.get(0));
            SharedCluster.cluster().unpinAll(SharedCluster.go(1));
        }
    }

    @Test
    void addingWaitsUntilTheOtherKindHasPinned() throws IOException {
        for (Member asked : SharedCluster.oneOfEach()) {
            Path file = bytes("waited-" + asked.name(), 500_000, asked.name().length());
            String cid = asked.ourCtl("add", "-Q", "--wait", "--wait-timeout", "60s", file.toString())
                    .expectSuccess()
                    .strip();
            SharedCluster.cluster().awaitPinnedEverywhere(cid);
        }
    }

    /** Adds one copy for each wished peer, by the reference's ctl, and gives the root. */
    private static String add(Member asked, Path file, List<Member> wished) {
        String copies = Integer.toString(wished.size());
        return asked.theirCtl(
                        "add",
                        "-Q",
                        "--rmin",
                        copies,
                        "--rmax",
                        copies,
                        "--allocations",
                        String.join(",", wished.stream().map(Member::id).toList()),
                        file.toString())
                .expectSuccess()
                .strip();
    }

    private static void awaitHeldBy(String cid, Member holder) {
        List<Member> others =
                SharedCluster.all().stream().filter(each -> each != holder).toList();
        SharedCluster.cluster().awaitStatus(cid, SharedCluster.all(), List.of(holder), "pinned");
        SharedCluster.cluster().awaitStatus(cid, SharedCluster.all(), others, "remote");
    }

    private static Path bytes(String name, int size, long seed) throws IOException {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return Files.write(SharedCluster.folder().resolve(name), content);
    }
}
