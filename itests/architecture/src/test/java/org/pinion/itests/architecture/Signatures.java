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
package org.pinion.itests.architecture;

import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.osgi.Jar;
import aQute.bnd.service.diff.Delta;
import aQute.bnd.service.diff.Tree;
import aQute.bnd.service.diff.Type;
import java.io.File;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Exported packages as text, one line for everything that can be seen from outside: as many dots as it lies deep, its kind,
 * what adding and what removing it does to the version of the package, its name.
 *
 * <pre>
 * PACKAGE MINOR MAJOR org.pinion.spi.informer
 * .VERSION IGNORED IGNORED 1.0.0
 * .INTERFACE MINOR MAJOR org.pinion.spi.informer.Informer
 * ..METHOD MAJOR MAJOR ttl()
 * </pre>
 *
 * @param packages trees by the package's name
 */
record Signatures(Map<String, Tree> packages) {
    private static final DiffPluginImpl TREES = new DiffPluginImpl();

    /** What the built jars export. */
    static Signatures of(List<Bundles.Row> bundles) throws Exception {
        Map<String, Tree> packages = new TreeMap<>();
        for (Bundles.Row row : bundles) {
            try (JarFile file = row.jar();
                    Jar jar = new Jar(row.symbolicName(), new File(file.getName()))) {
                for (Tree tree : TREES.tree(jar).get("<api>").getChildren()) {
                    if (tree.getType() == Type.PACKAGE) {
                        packages.put(tree.getName(), TREES.deserialize(withoutJdk(tree.serialize())));
                    }
                }
            }
        }
        return new Signatures(packages);
    }

    /** Annotations of inherited methods differ from one JDK to the next. */
    private static Tree.Data withoutJdk(Tree.Data data) {
        if (data.children != null) {
            data.children = Stream.of(data.children)
                    .filter(child -> child.type != Type.ANNOTATED
                            || !(child.name.startsWith("jdk.") || child.name.startsWith("java.")))
                    .map(Signatures::withoutJdk)
                    .toArray(Tree.Data[]::new);
        }
        return data;
    }

    /** What {@link #text()} wrote. */
    static Signatures parse(List<String> lines) throws Exception {
        Map<String, Tree> packages = new TreeMap<>();
        Deque<Node> open = new ArrayDeque<>();
        List<Node> roots = new ArrayList<>();
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int depth = 0;
            while (line.charAt(depth) == '.') {
                depth++;
            }
            while (open.size() > depth) {
                open.pop();
            }
            Node node = Node.parse(line.substring(depth));
            if (open.isEmpty()) {
                roots.add(node);
            } else {
                open.peek().children.add(node);
            }
            open.push(node);
        }
        for (Node root : roots) {
            Tree tree = TREES.deserialize(root.data());
            packages.put(tree.getName(), tree);
        }
        return new Signatures(packages);
    }

    /** One line each, always in the same order. */
    List<String> text() {
        List<String> lines = new ArrayList<>();
        packages.values().forEach(tree -> write(tree.serialize(), 0, lines));
        return lines;
    }

    private static void write(Tree.Data data, int depth, List<String> lines) {
        lines.add(".".repeat(depth) + data.type + " " + data.add + " " + data.rem + " " + data.name);
        List<Tree.Data> children = new ArrayList<>(List.of(data.children == null ? new Tree.Data[0] : data.children));
        children.sort(Comparator.comparing((Tree.Data child) -> child.type).thenComparing(child -> child.name));
        children.forEach(child -> write(child, depth + 1, lines));
    }

    /** The version that a package says it has. */
    static String version(Tree tree) {
        for (Tree child : tree.getChildren()) {
            if (child.getType() == Type.VERSION) {
                return child.getName();
            }
        }
        return "0.0.0";
    }

    private static final class Node {
        private final Tree.Data data = new Tree.Data();
        private final List<Node> children = new ArrayList<>();

        static Node parse(String text) {
            String[] parts = text.split(" ", 4);
            Node node = new Node();
            node.data.type = Type.valueOf(parts[0]);
            node.data.add = Delta.valueOf(parts[1]);
            node.data.rem = Delta.valueOf(parts[2]);
            node.data.name = parts[3];
            return node;
        }

        Tree.Data data() {
            data.children = children.stream().map(Node::data).toArray(Tree.Data[]::new);
            return data;
        }
    }
}
