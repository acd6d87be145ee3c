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
package org.pinion.ipld.dag.unixfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.MemoryBlocks;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;

class DirectoryTest {
    private static final ImportOptions DEFAULT = ImportOptions.DEFAULT;

    private final MemoryBlocks blocks = new MemoryBlocks();
    private final UnixFsReader reader = new UnixFsReader(blocks);

    private DagRoot add(String text) throws IOException {
        return FileImporter.addFile(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), DEFAULT, blocks);
    }

    private DagRoot build(DirectoryTree tree) throws IOException {
        return tree.build(blocks, (path, directory) -> {});
    }

    @Test
    void directoriesHaveTheCidsAndSizesOfTheReference() throws IOException {
        assertThat(new DirectoryBuilder(DEFAULT).build(blocks).cumulativeBytes())
                .isEqualTo(4);
        DirectoryBuilder wrapper = new DirectoryBuilder(DEFAULT);
        wrapper.put("f.txt", add("hello".repeat(200_000)));
        assertThat(wrapper.build(blocks))
                .isEqualTo(new DagRoot(Cid.parse("QmbLKKeM3j9Y46Nq9xuymkr8MmsYkLtmn6LzDNg5Nbk5HC"), 1_000_309, 0));

        DirectoryTree tree = new DirectoryTree(DEFAULT);
        tree.put("sub/x.txt", add("x"));
        tree.put("a.txt", add("aaa"));
        assertThat(build(tree))
                .isEqualTo(new DagRoot(Cid.parse("QmR7DbA3iDoWtiTGnwx7PV1WaH6YmyrBZAqZHi34r9K9U9"), 167, 0));
        tree.putDirectory("empty");
        assertThat(build(tree))
                .isEqualTo(new DagRoot(Cid.parse("QmcqmWdQjom3A8ofg4AayugHwAgfECVJSJnZd2BsoiWGDc"), 218, 0));
    }

    @Test
    void symbolicLinksHaveTheCidsOfTheReference() throws IOException {
        DagRoot link = FileImporter.addSymlink("a.txt", DEFAULT, blocks);
        assertThat(link.cid()).hasToString("QmS9U51FvTAqDDVLJ5okMzeLjsEeg8JEG1rPmSq2oPahF6");
        DirectoryTree tree = new DirectoryTree(DEFAULT);
        tree.put("sub/x.txt", add("x"));
        tree.put("a.txt", add("aaa"));
        tree.put("ln", link);
        DagRoot root = build(tree);
        assertThat(root).isEqualTo(new DagRoot(Cid.parse("QmcUL7yrWcbdtDBZzJMr9jJcJSDdy3jkqkPRG9jf3K14iG"), 222, 0));
        assertThat(reader.symlinkTarget(reader.resolve(root.cid(), "ln"))).isEqualTo("a.txt");
    }

    @Test
    void directoriesAreMadeChildrenFirst() throws IOException {
        DirectoryTree tree = new DirectoryTree(DEFAULT);
        tree.put("b/c/1", add("1"));
        tree.put("a/2", add("2"));
        tree.put("b/3", add("3"));
        List<String> made = new ArrayList<>();
        tree.build(blocks, (path, directory) -> made.add(path));
        assertThat(made).containsExactly("a", "b/c", "b", "");
    }

    @Test
    void pathsThatMakeNoTreeAreRefused() throws IOException {
        DirectoryTree tree = new DirectoryTree(DEFAULT);
        DagRoot file = add("1");
        tree.put("a/b", file);
        for (String path : List.of("", "/a", "a//b", "a/", "../x", "a/./b", "a", "a/b/c", "x/".repeat(300) + "y")) {
            assertThatThrownBy(() -> tree.put(path, file)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> tree.putDirectory("a/b")).hasMessageContaining("is a file");
        assertThatThrownBy(() -> new DirectoryBuilder(DEFAULT).put("x/y", file)).hasMessageContaining("\"x/y\"");
    }

    @Test
    void entriesCanBeReplacedAndRemoved() throws IOException {
        DirectoryBuilder once = new DirectoryBuilder(DEFAULT);
        once.put("a", add("new"));
        DirectoryBuilder changed = new DirectoryBuilder(DEFAULT);
        changed.put("a", add("old"));
        changed.put("b", add("b"));
        changed.put("a", add("new"));
        assertThat(changed.remove("b")).isTrue();
        assertThat(changed.remove("b")).isFalse();
        assertThat(changed.size()).isEqualTo(1);
        assertThat(changed.build(blocks)).isEqualTo(once.build(blocks));
    }

    @Test
    void namesAreSortedByTheirBytesNotTheirChars() throws IOException {
        DirectoryBuilder builder = new DirectoryBuilder(DEFAULT);
        DagRoot file = add("1");
        builder.put("\uD83D\uDE00", file); // U+1F600, behind U+FF5E in UTF-8 but before it in UTF-16
        builder.put("\uFF5E", file);
        builder.put("z", file);
        assertThat(reader.list(builder.build(blocks).cid(), 10))
                .extracting(DirectoryEntry::name)
                .containsExactly("z", "\uFF5E", "\uD83D\uDE00");
    }

    @Test
    void aDirectoryBecomesAHamtOnlyAboveTheThreshold() throws IOException {
        DagRoot file = add("1");
        long entryBytes = 4 + file.cid().size();
        DirectoryBuilder at = new DirectoryBuilder(DEFAULT.withHamtThresholdBytes(10 * entryBytes));
        DirectoryBuilder above = new DirectoryBuilder(DEFAULT.withHamtThresholdBytes(10 * entryBytes - 1));
        for (int i = 0; i < 10; i++) {
            at.put("f00" + i, file);
            above.put("f00" + i, file);
        }
        assertThat(reader.stat(at.build(blocks).cid()).type()).isEqualTo(UnixFsType.DIRECTORY);
        assertThat(reader.stat(above.build(blocks).cid()).type()).isEqualTo(UnixFsType.HAMT_SHARD);
    }

    @Test
    void everyNameOfAHamtIsListedAndFound() throws IOException {
        DirectoryBuilder builder = new DirectoryBuilder(DEFAULT.withHamtThresholdBytes(0));
        DagRoot file = add("1");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            names.add("name " + i + " \u6f22");
        }
        names.forEach(name -> builder.put(name, file));
        Cid root = builder.build(blocks).cid();
        assertThat(reader.list(root, 3000)).extracting(DirectoryEntry::name).containsExactlyInAnyOrderElementsOf(names);
        for (String name : names) {
            assertThat(reader.resolve(root, name)).isEqualTo(file.cid());
        }
        assertThatThrownBy(() -> reader.resolve(root, "name x"))
                .isInstanceOf(NoSuchEntryException.class)
                .hasMessage("no link named \"name x\" under " + root);
        assertThatThrownBy(() -> reader.list(root, 2999)).hasMessageContaining("more than 2999");
    }

    @Test
    void pathsGoThroughDirectoriesAndCbor() throws IOException {
        DirectoryTree tree = new DirectoryTree(DEFAULT);
        DagRoot file = add("deep");
        tree.put("x/y/z", file);
        byte[] cbor = DagCbor.encode(Map.of("list", List.of(0, build(tree).cid())));
        Cid root = Cid.v1(Cid.DAG_CBOR, Multihash.sha256(cbor));
        blocks.put(new Block(root, cbor), cbor.length);
        assertThat(reader.resolve(root, "/list/1/x/y/z/")).isEqualTo(file.cid());
        assertThat(reader.resolve(root, "")).isEqualTo(root);
        assertThatThrownBy(() -> reader.resolve(root, "list/0")).hasMessageContaining("ends inside the block");
        assertThatThrownBy(() -> reader.resolve(root, "list/7")).isInstanceOf(NoSuchEntryException.class);
        assertThatThrownBy(() -> reader.resolve(root, "list/1/x/q")).isInstanceOf(NoSuchEntryException.class);
        assertThatThrownBy(() -> reader.resolve(root, "list/1/x/y/z/w")).isInstanceOf(NoSuchEntryException.class);
    }

    @Test
    void aHamtThatLeadsNowhereIsRefused() throws IOException {
        Cid empty = put(new PbNode(List.of(), UnixFsNode.shard(new byte[0], 256).encode()));
        Cid root = put(new PbNode(
                List.of(new PbLink(empty, "00", 1), new PbLink(empty, "01", 1)),
                UnixFsNode.shard(new byte[] {3}, 256).encode()));
        assertThat(reader.list(empty, 1)).isEmpty();
        assertThatThrownBy(() -> reader.list(root, 1)).hasMessageContaining("is empty");
        Cid odd = put(new PbNode(List.of(), UnixFsNode.shard(new byte[0], 100).encode()));
        assertThatThrownBy(() -> reader.list(odd, 1)).hasMessageContaining("fan-out of 100");
    }

    private Cid put(PbNode node) {
        byte[] encoded = DagPb.encode(node);
        Cid cid = Cid.v0(Multihash.sha256(encoded));
        blocks.put(new Block(cid, encoded), encoded.length);
        return cid;
    }
}
