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

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.flow.Cursor;

/** Links of blocks. */
final class RefCommands {
    private static final int MAX_DEPTH = 10_000;

    private final Node node;

    RefCommands(Node node) {
        this.node = node;
    }

    List<Command> commands() {
        return List.of(
                Command.of("refs", this::refs, "format", "edges", "unique", "recursive", "max-depth", "offline"),
                Command.of("refs/local", this::local),
                Command.of("resolve", this::resolve, "recursive", "offline"));
    }

    private void resolve(Call call) throws IOException {
        try (Fetcher blocks = new Fetcher(node, call)) {
            ContentPath.End end = ContentPath.parse(call.arg("name")).end(blocks);
            String rest = end.rest().isEmpty() ? "" : "/" + String.join("/", end.rest());
            Reply.single(call, Json.object("Path", "/ipfs/" + end.block() + rest));
        }
    }

    private void local(Call call) throws IOException {
        Reply.Values out = Reply.values(call);
        try (Cursor<Cid> all = node.blocks().list()) {
            for (Cid cid = all.next(); cid != null; cid = all.next()) {
                call.deadline().left();
                out.put(Json.object("Ref", cid.toString(), "Err", ""));
            }
        }
        out.flush();
    }

    private record Edge(Cid from, Cid to, String name) {}

    private void refs(Call call) throws IOException {
        boolean recursive = call.flag("recursive", false);
        int depth = call.integer("max-depth", -1);
        depth = !recursive ? 1 : depth < 0 ? MAX_DEPTH : depth;
        String format = call.option("format", "<dst>");
        if (call.flag("edges", false)) {
            if (!format.equals("<dst>")) {
                throw new KuboException("using format argument with edges is not allowed");
            }
            format = "<src> -> <dst>";
        }
        boolean unique = call.flag("unique", false);
        Seen seen = new Seen();
        Reply.Values out = Reply.values(call);
        try (Fetcher blocks = new Fetcher(node, call)) {
            for (String text : call.args("ipfs-path")) {
                walk(ContentPath.resolve(text, blocks), depth, format, unique ? seen : null, blocks, out);
            }
        }
        out.flush();
    }

    private static void walk(Cid root, int depth, String format, @Nullable Seen seen, Fetcher blocks, Reply.Values out)
            throws IOException {
        Deque<Iterator<Edge>> above = new ArrayDeque<>();
        if (depth > 0) {
            above.push(edges(root, blocks.get(root)).iterator());
        }
        while (!above.isEmpty()) {
            Iterator<Edge> links = above.peek();
            if (!links.hasNext()) {
                above.pop();
                continue;
            }
            Edge edge = links.next();
            if (seen != null && !seen.add(edge.to())) {
                continue;
            }
            String text = format.replace("<src>", edge.from().toString())
                    .replace("<dst>", edge.to().toString())
                    .replace("<linkname>", edge.name());
            out.put(Json.object("Ref", text, "Err", ""));
            if (above.size() < depth) {
                above.push(edges(edge.to(), blocks.get(edge.to())).iterator());
            }
        }
    }

    private static List<Edge> edges(Cid cid, byte[] data) {
        List<Edge> edges = new ArrayList<>();
        if (cid.codec() == Cid.DAG_PB) {
            try {
                for (PbLink link : DagPb.decode(data).links()) {
                    edges.add(new Edge(cid, link.cid(), link.name()));
                }
            } catch (IllegalArgumentException e) {
                throw new KuboException("block " + cid + ": " + e.getMessage(), e);
            }
        } else {
            DagWalk.links(cid, data).forEach(link -> edges.add(new Edge(cid, link, "")));
        }
        return edges;
    }
}
