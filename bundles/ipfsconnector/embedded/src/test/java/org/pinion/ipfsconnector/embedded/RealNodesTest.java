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
package org.pinion.ipfsconnector.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.unixfs.ImportOptions;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.api.BlockExchanges;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.spi.datastore.DatastoreFactory;
import org.pinion.spi.datastore.DatastoreFactory.OpenDatastore;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;

/** Nodes on real sockets and a real store. */
class RealNodesTest {
    @TempDir
    Path folder;

    private final ExecutorsComponent executors = new ExecutorsComponent();
    private final List<Node> nodes = new ArrayList<>();

    private record Node(EmbeddedIpfs ipfs, OpenDatastore store) {
        void close() {
            ipfs.close();
            store.close();
        }
    }

    private Node node(String name, String address) {
        OpenDatastore store =
                load(DatastoreFactory.class).open(folder.resolve(name).resolve("data"), Map.of());
        try {
            EmbeddedIpfs ipfs = new EmbeddedIpfs(
                    Map.of("listen.multiaddresses", new String[] {address}, "pin.timeout", "20s"),
                    load(HostFactory.class),
                    load(BlockExchanges.class),
                    TestNode.folder(folder.resolve(name)),
                    executors);
            ipfs.setDatastore(store);
            Node node = new Node(ipfs, store);
            nodes.add(node);
            return node;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static <T> T load(Class<T> type) {
        return ServiceLoader.load(type).findFirst().orElseThrow();
    }

    @AfterEach
    void close() {
        nodes.forEach(Node::close);
        executors.close();
    }

    private static Cid add(Node node, int seed, int bytes) throws Exception {
        List<Block> blocks = TestNode.file(seed, bytes, ImportOptions.DEFAULT);
        node.ipfs.putBlocks(Cursor.of(blocks)).join();
        return blocks.get(blocks.size() - 1).cid();
    }

    @Test
    void pinsFetchManyFilesFromTwoNodesAtOnce() throws Exception {
        Node a = node("a", "/ip4/127.0.0.1/tcp/0");
        Node b = node("b", "/ip4/127.0.0.1/tcp/0");
        Node c = node("c", "/ip4/127.0.0.1/tcp/0");
        List<Cid> roots = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            roots.add(add(i % 2 == 0 ? a : b, i, 10_000_000));
        }
        c.ipfs.connect(a.ipfs.id().join().addresses()).join();
        c.ipfs.connect(b.ipfs.id().join().addresses()).join();

        CompletableFuture<?>[] pins =
                roots.stream().map(root -> c.ipfs.pin(TestNode.recursive(root))).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(pins).join();

        assertThat(c.ipfs.stat().join().repoBytes()).isGreaterThan(40_000_000);
        assertThat(c.ipfs.swarmPeers().join()).hasSize(2);
        for (Cid root : roots) {
            assertThat(c.ipfs.pinStatus(TestNode.recursive(root)).join()).isEqualTo(IpfsPinStatus.RECURSIVE);
        }
    }

    @Test
    void pinThatWaitsGetsItsBlocksFromANodeThatConnectsLater() throws Exception {
        Node a = node("a", "/ip4/127.0.0.1/tcp/0");
        Node b = node("b", "/ip4/127.0.0.1/tcp/0");
        Cid root = add(a, 1, 3_000_000);
        CompletableFuture<Void> pin = b.ipfs.pin(TestNode.recursive(root));
        a.ipfs.connect(b.ipfs.id().join().addresses()).join();
        pin.join();
        assertThat(b.ipfs.contains(root)).isTrue();
    }

    @Test
    void pinsAndBlocksAreThereAfterARestart() throws Exception {
        Node a = node("a", "/ip4/127.0.0.1/tcp/0");
        Cid root = add(a, 2, 1_000_000);
        a.ipfs.pin(TestNode.recursive(root)).join();
        var stat = a.ipfs.stat().join();
        a.close();
        nodes.clear();

        Node again = node("a", "/ip4/127.0.0.1/tcp/0");
        assertThat(again.ipfs.id().join().id()).isEqualTo(a.ipfs.id().join().id());
        assertThat(again.ipfs.pinStatus(TestNode.recursive(root)).join()).isEqualTo(IpfsPinStatus.RECURSIVE);
        assertThat(again.ipfs.stat().join()).isEqualTo(stat);
        try (var garbage = again.ipfs.collectGarbage()) {
            assertThat(garbage.next()).isNull();
        }
    }

    @Test
    void portInUseFailsTheActivationWithAddressAndSection() {
        Node a = node("a", "/ip4/127.0.0.1/tcp/0");
        Multiaddr taken = a.ipfs.id().join().addresses().get(0).withoutPeerId();
        assertThatThrownBy(() -> node("b", taken.toString()))
                .hasMessageContaining("ipfs_connector.embedded")
                .hasMessageContaining(taken.toString());
    }
}
