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

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.dag.BlockSink;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.Utf8Order;

/**
 * Collects files by their paths and makes all the directories above them, children before parents. Used by one thread;
 * memory is a few hundred bytes for each entry.
 */
public final class DirectoryTree {
    /** Deepest path that is taken. */
    public static final int MAX_DEPTH = 256;

    private static final int MAX_SHOWN_CHARS = 200;

    private final ImportOptions options;
    private final Directory root = new Directory();

    public DirectoryTree(ImportOptions options) {
        this.options = options;
    }

    /** Hears of every directory once it is made. */
    @ConsumerType
    @FunctionalInterface
    public interface Listener {
        /**
         * Called after the last block of the directory.
         *
         * @param path names with slashes between them, without one at either end; empty for the root
         */
        void made(String path, DagRoot directory) throws IOException;
    }

    private static final class Directory {
        private final NavigableMap<String, Directory> directories = new TreeMap<>(Utf8Order.INSTANCE);
        private final NavigableMap<String, DagRoot> others = new TreeMap<>(Utf8Order.INSTANCE);
    }

    /**
     * Puts a file or a symbolic link at a path; missing directories are implied, an earlier file there is replaced.
     *
     * @throws IllegalArgumentException if the path has empty parts, "." or "..", is too deep, or collides with a directory
     *     or a file
     */
    public void put(String path, DagRoot file) {
        Deque<String> names = names(path);
        String last = names.removeLast();
        Directory parent = directory(names, path);
        if (parent.directories.containsKey(last)) {
            throw new IllegalArgumentException("\"" + shown(path) + "\" is a directory already");
        }
        parent.others.put(last, file);
    }

    /**
     * Makes sure that a directory is there, even if nothing is put into it.
     *
     * @throws IllegalArgumentException as {@link #put(String, DagRoot)}
     */
    public void putDirectory(String path) {
        directory(names(path), path);
    }

    /** Gives the sink all directories, children in the order of their names before parents, the root last. */
    public DagRoot build(BlockSink sink, Listener listener) throws IOException {
        return build(root, "", sink, listener);
    }

    private DagRoot build(Directory directory, String path, BlockSink sink, Listener listener) throws IOException {
        DirectoryBuilder builder = new DirectoryBuilder(options);
        directory.others.forEach(builder::put);
        for (Map.Entry<String, Directory> child : directory.directories.entrySet()) {
            String name = child.getKey();
            String childPath = path.isEmpty() ? name : path + "/" + name;
            builder.put(name, build(child.getValue(), childPath, sink, listener));
        }
        DagRoot made = builder.build(sink);
        listener.made(path, made);
        return made;
    }

    private Directory directory(Deque<String> names, String path) {
        Directory at = root;
        for (String name : names) {
            if (at.others.containsKey(name)) {
                throw new IllegalArgumentException(
                        "\"" + shown(name) + "\" in \"" + shown(path) + "\" is a file, not a directory");
            }
            at = at.directories.computeIfAbsent(name, key -> new Directory());
        }
        return at;
    }

    private static Deque<String> names(String path) {
        Deque<String> names = new ArrayDeque<>();
        for (String name : path.split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                throw new IllegalArgumentException("not a path inside a directory: \"" + shown(path) + "\"");
            }
            names.add(name);
        }
        if (names.size() > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "path of " + names.size() + " names, the limit is " + MAX_DEPTH + ": \"" + shown(path) + "\"");
        }
        return names;
    }

    private static String shown(String path) {
        return path.length() <= MAX_SHOWN_CHARS ? path : path.substring(0, MAX_SHOWN_CHARS) + "…";
    }
}
