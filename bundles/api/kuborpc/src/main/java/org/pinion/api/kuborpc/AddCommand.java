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
package org.pinion.api.kuborpc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.BlockSink;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.unixfs.DirectoryTree;
import org.pinion.ipld.dag.unixfs.FileImporter;
import org.pinion.ipld.dag.unixfs.ImportOptions;
import org.pinion.ipld.dag.unixfs.Layout;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.adder.AddSource.Entry;
import org.pinion.spi.adder.AddSource.Kind;
import org.pinion.spi.adder.PartSource;
import org.pinion.spi.ipfsnode.NodeBlocks.Keep;

/** {@code add}: files and folders of the body become blocks of the node. */
final class AddCommand {
    private static final int INLINE_BYTES = 32;
    private static final int MAX_ENTRIES = 200_000;

    private final Node node;

    AddCommand(Node node) {
        this.node = node;
    }

    List<Command> commands() {
        return List.of(Command.of(
                "add",
                this::add,
                "quiet",
                "quieter",
                "silent",
                "progress",
                "trickle",
                "only-hash",
                "wrap-with-directory",
                "chunker",
                "raw-leaves",
                "cid-version",
                "hash",
                "inline",
                "inline-limit",
                "max-file-links",
                "pin"));
    }

    private void add(Call call) throws IOException {
        refuseOthers(call);
        ImportOptions options = options(call);
        PartSource source = new PartSource(call.parts("path"));
        boolean onlyHash = call.flag("only-hash", false);
        try (Keep keep = node.blocks().keep()) {
            new Session(call, options, onlyHash ? null : keep).run(source);
        }
    }

    private static void refuseOthers(Call call) {
        for (String name : new String[] {"nocopy", "fscache"}) {
            if (call.flag(name, false)) {
                throw Absent.filestore("add with " + name);
            }
        }
        if (!call.option("to-files", "").isEmpty()) {
            throw Absent.files("add with to-files");
        }
        for (String name : new String[] {
            "preserve-mode", "preserve-mtime", "mode", "mtime", "mtime-nsecs", "max-directory-links", "max-hamt-fanout"
        }) {
            if (call.has(name) && !call.option(name, "").equals("false")) {
                throw Absent.notThere("add with " + name, "leave the option out, or use a Kubo node");
            }
        }
    }

    /** Raw leaves come with version 1, and version 1 with every hash that version 0 does not have, as in Kubo. */
    private static ImportOptions options(Call call) {
        String hash = call.option("hash", "sha2-256").toLowerCase(Locale.ROOT);
        int version = call.integer("cid-version", 0);
        if (!hash.equals("sha2-256") && version == 0) {
            if (call.has("cid-version")) {
                throw new KuboException("CIDv0 only supports sha2-256");
            }
            version = 1;
        }
        int inline = call.flag("inline", false) ? call.integer("inline-limit", INLINE_BYTES) : 0;
        if (inline > 0 && version == 0 && !call.has("cid-version")) {
            version = 1;
        }
        try {
            ImportOptions options = ImportOptions.DEFAULT
                    .withChunker(call.option("chunker", "size-262144"))
                    .withCids(version, hash)
                    .withRawLeaves(call.flag("raw-leaves", version == 1))
                    .withLayout(call.flag("trickle", false) ? Layout.TRICKLE : Layout.BALANCED)
                    .withInlineLimitBytes(inline);
            return options.withMaxLinks(call.integer("max-file-links", options.maxLinks()));
        } catch (IllegalArgumentException e) {
            throw new KuboException(String.valueOf(e.getMessage()), e);
        }
    }

    /** One add. */
    private final class Session implements BlockSink {
        private static final int GROUP_BYTES = 1 << 20;
        private static final int GROUP_BLOCKS = 256;

        private final Call call;
        private final ImportOptions options;
        private final @Nullable Keep keep;
        private final Reply.Values out;
        private final boolean silent;
        private final boolean progress;
        private final boolean pin;
        private final List<Block> group = new ArrayList<>();
        private int groupBytes;
        private int entries;

        Session(Call call, ImportOptions options, @Nullable Keep keep) {
            this.call = call;
            this.options = options;
            this.keep = keep;
            out = Reply.values(call);
            silent = call.flag("silent", false);
            progress = call.flag("progress", false);
            pin = call.flag("pin", true);
        }

        void run(PartSource source) throws IOException {
            boolean wrap = call.flag("wrap-with-directory", false);
            DirectoryTree tree = wrap ? new DirectoryTree(options) : null;
            String top = "";
            int files = 0;
            for (Entry entry = source.next(); entry != null; entry = source.next()) {
                files++;
                if (++entries > MAX_ENTRIES) {
                    throw new KuboException(
                            "one add may have " + MAX_ENTRIES + " files and folders; add them in parts");
                }
                int slash = entry.path().indexOf('/');
                String name = slash < 0 ? entry.path() : entry.path().substring(0, slash);
                if (wrap && tree != null) {
                    put(tree, entry, entry.path());
                    continue;
                }
                if (tree != null && !name.equals(top)) {
                    finish(tree, top);
                    tree = null;
                }
                if (slash < 0 && entry.kind() != Kind.FOLDER) {
                    root(file(entry));
                    continue;
                }
                tree = tree == null ? new DirectoryTree(options) : tree;
                top = name;
                put(tree, entry, slash < 0 ? "" : entry.path().substring(slash + 1));
            }
            if (files == 0) {
                throw new UsageException("file argument 'path' is required");
            }
            if (tree != null) {
                finish(tree, top);
            }
            out.flush();
        }

        private void put(DirectoryTree tree, Entry entry, String path) throws IOException {
            try {
                if (entry.kind() == Kind.FOLDER) {
                    if (!path.isEmpty()) {
                        tree.putDirectory(path);
                    }
                    return;
                }
                DagRoot file = file(entry);
                tree.put(path.isEmpty() ? file.cid().toString() : path, file);
            } catch (IllegalArgumentException e) {
                throw new KuboException(String.valueOf(e.getMessage()), e);
            }
        }

        private DagRoot file(Entry entry) throws IOException {
            DagRoot root;
            if (entry.kind() == Kind.LINK) {
                String target = new String(entry.content().readAllBytes(), StandardCharsets.UTF_8);
                root = FileImporter.addSymlink(target, options, this);
            } else {
                InputStream content = progress ? new Progress(entry.content(), entry.path()) : entry.content();
                root = FileImporter.addFile(content, options, this);
                if (content instanceof Progress counted) {
                    counted.end();
                }
            }
            added(entry.path().isEmpty() ? root.cid().toString() : entry.path(), root);
            return root;
        }

        private void finish(DirectoryTree tree, String top) throws IOException {
            root(tree.build(
                    this,
                    (path, made) -> added(top.isEmpty() || path.isEmpty() ? top + path : top + "/" + path, made)));
        }

        private void added(String name, DagRoot root) throws IOException {
            if (!silent) {
                out.put(Json.object(
                        "Name", name,
                        "Hash", root.cid().toString(),
                        "Size", Long.toString(root.cumulativeBytes())));
            }
        }

        private void root(DagRoot root) throws IOException {
            flush();
            Cid cid = root.cid();
            if (pin && keep != null) {
                PinOptions named =
                        PinOptions.builder().name(call.option("pin-name", "")).build();
                Node.await(node.connector().pin(Pin.of(cid, named)), call.deadline());
            }
        }

        @Override
        public void put(Block block, long cumulativeBytes) {
            call.deadline().left();
            if (keep == null) {
                return;
            }
            group.add(block);
            groupBytes += block.data().length;
            if (groupBytes >= GROUP_BYTES || group.size() >= GROUP_BLOCKS) {
                flush();
            }
        }

        private void flush() {
            if (keep != null && !group.isEmpty()) {
                node.blocks().put(group, keep);
            }
            group.clear();
            groupBytes = 0;
        }

        /** Tells how much of a file was read. */
        private final class Progress extends FilterInputStream {
            private static final int STEP_BYTES = 256 << 10;

            private final String name;
            private long bytes;
            private long told;

            Progress(InputStream in, String name) {
                super(in);
                this.name = name;
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int size = super.read(target, offset, length);
                bytes += Math.max(size, 0);
                if (bytes - told >= STEP_BYTES) {
                    tell();
                }
                return size;
            }

            void end() throws IOException {
                if (bytes > told) {
                    tell();
                }
            }

            private void tell() throws IOException {
                told = bytes;
                out.put(Json.object("Name", name, "Bytes", bytes));
            }
        }
    }
}
