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

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.car.CarReader;
import org.pinion.ipld.dag.car.CarWriter;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Hashes;
import org.pinion.spi.ClusterException;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.http.MultipartReader;
import org.pinion.spi.ipfsnode.NodeBlocks.Keep;

/** Blocks as values, and whole DAGs as CAR. */
final class DagCommands {
    private static final int GROUP_BYTES = 1 << 20;
    private static final int GROUP_BLOCKS = 256;

    private final Node node;

    DagCommands(Node node) {
        this.node = node;
    }

    List<Command> commands() {
        return List.of(
                Command.of("dag/get", this::get, "output-codec", "offline"),
                Command.of("dag/put", this::put, "store-codec", "input-codec", "pin", "hash", "allow-big-block"),
                Command.of("dag/resolve", this::resolve, "offline"),
                Command.of("dag/stat", this::stat, "progress", "offline"),
                Command.of("dag/export", this::export, "progress", "offline"),
                Command.of("dag/import", this::load, "pin-roots", "silent", "stats", "allow-big-block"));
    }

    private void get(Call call) throws IOException {
        long codec = BlockCommands.codecOf(call.option("output-codec", "dag-json"));
        byte[] data;
        try (Fetcher blocks = new Fetcher(node, call)) {
            ContentPath.End end = ContentPath.parse(call.arg("ref")).end(blocks);
            Object value = DagJson.decode(end.block().codec(), blocks.get(end.block()));
            for (String name : end.rest()) {
                value = ContentPath.field(value, name);
            }
            data = DagJson.encode(codec, value);
        }
        try (OutputStream out = Reply.bytes(call, "text/plain", -1)) {
            out.write(data);
        }
    }

    private void resolve(Call call) throws IOException {
        try (Fetcher blocks = new Fetcher(node, call)) {
            ContentPath.End end = ContentPath.parse(call.arg("ref")).end(blocks);
            String rest = end.rest().isEmpty() ? "" : "/" + String.join("/", end.rest());
            Reply.single(call, Json.object("Cid", link(end.block()), "RemPath", rest));
        }
    }

    private static Map<String, @Nullable Object> link(Cid cid) {
        return Json.object("/", cid.toString());
    }

    private static int limit(Call call) {
        int most = BlockCommands.MAX_BLOCK_BYTES;
        return call.flag("allow-big-block", false) ? 2 * most : most;
    }

    private void put(Call call) throws IOException {
        long input = BlockCommands.codecOf(call.option("input-codec", "dag-json"));
        long store = BlockCommands.codecOf(call.option("store-codec", "dag-cbor"));
        long hash = BlockCommands.hashOf(call.option("hash", "sha2-256"));
        boolean pin = call.flag("pin", false);
        Reply.Values out = Reply.values(call);
        MultipartReader parts = call.parts("object data");
        boolean any = false;
        try (Keep keep = node.blocks().keep()) {
            while (parts.next()) {
                any = true;
                byte[] given = Call.content(parts.content(), limit(call));
                byte[] data = DagJson.encode(store, DagJson.decode(input, given));
                Cid cid = Cid.v1(store, Hashes.sum(hash, data));
                node.blocks().put(List.of(new Block(cid, data)), keep);
                if (pin) {
                    Node.await(node.connector().pin(Pin.of(cid, PinOptions.NONE)), call.deadline());
                }
                out.put(Json.object("Cid", link(cid)));
            }
        }
        if (!any) {
            throw new UsageException("file argument 'object data' is required");
        }
        out.flush();
    }

    private static final class Count {
        private final Cid root;
        private long blocks;
        private long bytes;

        Count(Cid root) {
            this.root = root;
        }

        Object row() {
            return Json.object("Cid", root.toString(), "Size", bytes, "NumBlocks", blocks);
        }
    }

    private void stat(Call call) throws IOException {
        boolean progress = call.flag("progress", true);
        Reply.Values out = Reply.values(call);
        List<Count> counts = new ArrayList<>();
        long[] unique = new long[2];
        try (Fetcher blocks = new Fetcher(node, call)) {
            Seen all = new Seen();
            for (String text : call.args("root")) {
                Count count = new Count(ContentPath.resolve(text, blocks));
                counts.add(count);
                new DagWalk(blocks, new Seen(), false).run(count.root, (cid, data) -> {
                    count.blocks++;
                    count.bytes += data.length;
                    if (all.add(cid)) {
                        unique[0]++;
                        unique[1] += data.length;
                    }
                    if (progress) {
                        out.put(Json.object("TotalSize", unique[1], "DagStats", rows(counts)));
                    }
                });
            }
        }
        long sum = counts.stream().mapToLong(count -> count.bytes).sum();
        Map<String, @Nullable Object> last = Json.object("UniqueBlocks", unique[0], "TotalSize", unique[1]);
        if (sum > unique[1]) {
            last.put("SharedSize", sum - unique[1]);
        }
        last.put("Ratio", unique[1] == 0 ? 1 : sum == unique[1] ? (Number) 1 : (Number) ((float) sum / unique[1]));
        last.put("DagStats", rows(counts));
        out.now(last);
    }

    private static List<Object> rows(List<Count> counts) {
        List<Object> rows = new ArrayList<>();
        counts.forEach(count -> rows.add(count.row()));
        return rows;
    }

    private void export(Call call) throws IOException {
        try (Fetcher blocks = new Fetcher(node, call)) {
            Cid root = ContentPath.resolve(call.arg("root"), blocks);
            blocks.get(root);
            try (CarWriter car = new CarWriter(Reply.bytes(call, "application/vnd.ipld.car", -1), List.of(root))) {
                new DagWalk(blocks, new Seen(), false).run(root, (cid, data) -> car.write(new Block(cid, data)));
            }
        }
    }

    private void load(Call call) throws IOException {
        boolean pinRoots = call.flag("pin-roots", true);
        boolean silent = call.flag("silent", false);
        Reply.Values out = Reply.values(call);
        MultipartReader parts = call.parts("path");
        Set<Cid> roots = new LinkedHashSet<>();
        Import loaded = new Import(limit(call));
        boolean any = false;
        try (Keep keep = node.blocks().keep()) {
            while (parts.next()) {
                any = true;
                loaded.read(new CarReader(new BufferedInputStream(parts.content(), GROUP_BYTES / 16)), keep, roots);
            }
            if (!any) {
                throw new UsageException("file argument 'path' is required");
            }
            for (Cid root : pinRoots ? roots : Set.<Cid>of()) {
                String failure = pinned(root, call);
                if (!silent) {
                    out.put(Json.object("Root", Json.object("Cid", link(root), "PinErrorMsg", failure)));
                }
            }
        }
        if (call.flag("stats", false) && !silent) {
            out.put(Json.object("Stats", Json.object("BlockCount", loaded.blocks, "BlockBytesCount", loaded.bytes)));
        }
        out.flush();
    }

    private String pinned(Cid root, Call call) {
        try {
            Node.await(node.connector().pin(Pin.of(root, PinOptions.NONE)), call.deadline());
            return "";
        } catch (ClusterException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Blocks of archives on their way into the node. */
    private final class Import {
        private final int maxBlockBytes;
        private long blocks;
        private long bytes;

        Import(int maxBlockBytes) {
            this.maxBlockBytes = maxBlockBytes;
        }

        void read(CarReader car, Keep keep, Set<Cid> roots) throws IOException {
            roots.addAll(car.roots());
            List<Block> group = new ArrayList<>();
            int groupBytes = 0;
            for (Block block = car.next(); block != null; block = car.next()) {
                int size = block.data().length;
                if (size > maxBlockBytes) {
                    throw new KuboException("block " + block.cid() + " has " + size + " bytes; blocks over "
                            + maxBlockBytes + " can't be exchanged with other peers");
                }
                blocks++;
                bytes += size;
                group.add(block);
                groupBytes += size;
                if (groupBytes >= GROUP_BYTES || group.size() >= GROUP_BLOCKS) {
                    node.blocks().put(group, keep);
                    group = new ArrayList<>();
                    groupBytes = 0;
                }
            }
            node.blocks().put(group, keep);
        }
    }
}
