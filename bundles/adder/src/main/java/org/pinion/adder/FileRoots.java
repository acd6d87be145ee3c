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
package org.pinion.adder;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.unixfs.DirectoryTree;
import org.pinion.ipld.dag.unixfs.FileImporter;
import org.pinion.ipld.dag.unixfs.ImportOptions;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddOutput.Added;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.adder.AddSource.Entry;
import org.pinion.spi.adder.AddSource.Kind;

/**
 * Files, links and folders as UnixFS. Every entry at the top is a root of its own, unless all are wrapped into one folder.
 * Folders are made when their last entry has come, children before parents. For one add.
 */
final class FileRoots implements Roots {
    private static final int ENTRY_BYTES = 250;
    private static final long MAX_TREE_BYTES = Runtime.getRuntime().maxMemory() / 3;

    private final AddParams params;
    private final ImportOptions options;
    private final Session session;
    private final AddOutput output;
    private final List<Cid> roots = new ArrayList<>();
    /** Folders at the top by name, also finished ones: a part that comes late still finds its folder. */
    private final Map<String, DirectoryTree> folders = new HashMap<>();

    /** Roots of those that are finished. */
    private final Map<String, Cid> finished = new HashMap<>();

    private @Nullable String open;
    private boolean treeBegun;
    private long treeBytes;

    FileRoots(AddParams params, Session session, AddOutput output) {
        this.params = params;
        this.session = session;
        this.output = output;
        options = Roots.options(params);
    }

    @Override
    public List<Cid> of(AddSource source) throws IOException {
        try {
            for (Entry entry = source.next(); entry != null; entry = source.next()) {
                if (params.wrap()) {
                    add(entry, "", entry.path());
                } else {
                    addAtTop(entry);
                }
            }
            if (params.wrap()) {
                make("", folders.computeIfAbsent("", name -> new DirectoryTree(options)));
            } else {
                closeFolder();
            }
        } catch (IllegalArgumentException e) {
            throw new ClusterException(ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()), e);
        }
        if (roots.isEmpty()) {
            throw Roots.bad("nothing to add: the request has no file");
        }
        return roots;
    }

    private void addAtTop(Entry entry) throws IOException {
        int slash = entry.path().indexOf('/');
        String top = slash < 0 ? entry.path() : entry.path().substring(0, slash);
        if (open != null && !open.equals(top)) {
            closeFolder();
        }
        if (slash < 0 && entry.kind() != Kind.FOLDER) {
            DagRoot root = build(entry, "");
            if (session.takesTreeBlocks()) {
                beginTree();
                DirectoryTree tree = new DirectoryTree(options);
                tree.put(root.cid().toString(), root);
                tree.build(session, (path, directory) -> {});
            }
            added(entry.path(), root);
            root(root.cid());
            return;
        }
        if (session.takesTreeBlocks() && finished.containsKey(top)) {
            throw Roots.bad("\"" + entry.path() + "\" comes after its folder has ended, which sharding does not allow;"
                    + " send what is in one folder together");
        }
        open = top;
        add(entry, top, slash < 0 ? "" : entry.path().substring(slash + 1));
    }

    /** Puts an entry into the folder of that name. */
    private void add(Entry entry, String folder, String path) throws IOException {
        DirectoryTree tree = folders.computeIfAbsent(folder, name -> new DirectoryTree(options));
        if (entry.kind() == Kind.FOLDER) {
            if (!path.isEmpty()) {
                countEntry(path);
                beginTree();
                tree.putDirectory(path);
            }
            return;
        }
        countEntry(path);
        DagRoot root = build(entry, path);
        beginTree();
        // content without a name is found under its CID
        tree.put(path.isEmpty() ? root.cid().toString() : path, root);
        added(entry.path(), root);
    }

    /** The reference keeps an empty folder in its tree, also where none is left in the end; shards count it. */
    private void beginTree() throws IOException {
        if (session.takesTreeBlocks() && !treeBegun) {
            treeBegun = true;
            new DirectoryTree(options).build(session, (path, directory) -> {});
        }
    }

    private void countEntry(String path) {
        treeBytes += ENTRY_BYTES + 2L * path.length();
        if (treeBytes > MAX_TREE_BYTES) {
            throw new ClusterException(
                    ErrorCode.TOO_LARGE,
                    "the folders of one add need more than " + MAX_TREE_BYTES
                            + " bytes of memory, a third of the heap; add them in parts, or raise -Xmx in PINION_JAVA_OPTS");
        }
    }

    private void root(Cid cid) throws IOException {
        roots.add(cid);
        session.root(cid);
        treeBegun = false;
    }

    private DagRoot build(Entry entry, String shownPath) throws IOException {
        if (entry.kind() == Kind.LINK) {
            String target = new String(entry.content().readAllBytes(), StandardCharsets.UTF_8);
            return FileImporter.addSymlink(target, options, session);
        }
        if (!params.progress()) {
            return FileImporter.addFile(entry.content(), options, session);
        }
        ProgressInput content = new ProgressInput(
                entry.content(), bytes -> output.added(new Added(shownPath, null, bytes, 0, List.of())));
        return FileImporter.addFile(content, options, session);
    }

    private void closeFolder() throws IOException {
        String name = open;
        DirectoryTree tree = name == null ? null : folders.get(name);
        open = null;
        if (name != null && tree != null) {
            make(name, tree);
        }
    }

    private void make(String folder, DirectoryTree tree) throws IOException {
        DagRoot root = tree.build(session, (path, directory) -> added(join(folder, path), directory));
        Cid before = finished.put(folder, root.cid());
        if (before != null) {
            roots.remove(before);
        }
        root(root.cid());
    }

    private static String join(String folder, String path) {
        return folder.isEmpty() || path.isEmpty() ? folder + path : folder + "/" + path;
    }

    private void added(String name, DagRoot root) throws IOException {
        output.added(new Added(name, root.cid(), 0, root.cumulativeBytes(), session.allocations()));
    }
}
