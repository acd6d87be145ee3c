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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector.IpfsPin;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;

/** The node's own pins, not the cluster's. */
final class PinCommands {
    private static final long PROGRESS_NANOS = 500_000_000;
    private static final int MAX_NAME_BYTES = 255;

    private final Node node;

    PinCommands(Node node) {
        this.node = node;
    }

    List<Command> commands() {
        return List.of(
                Command.of("pin/add", this::add, "recursive", "name", "progress"),
                Command.of("pin/rm", this::remove, "recursive"),
                Command.of("pin/update", this::update, "unpin"),
                Command.of("pin/ls", this::list, "type", "quiet", "name", "stream", "names"),
                Command.of("pin/verify", this::verify, "verbose", "quiet"));
    }

    private static Pin pin(Cid cid, boolean recursive) {
        return Pin.of(
                cid,
                PinOptions.builder()
                        .mode(recursive ? PinMode.RECURSIVE : PinMode.DIRECT)
                        .build());
    }

    private IpfsPinStatus status(Cid cid, boolean recursive, Call call) {
        return Node.await(node.connector().pinStatus(pin(cid, recursive)), call.deadline());
    }

    private void add(Call call) throws IOException, InterruptedException {
        boolean recursive = call.flag("recursive", true);
        boolean progress = call.flag("progress", false);
        String name = call.option("name", "");
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_NAME_BYTES) {
            throw new KuboException("pin name is " + bytes + " bytes (max " + MAX_NAME_BYTES + " bytes)");
        }
        Reply.Values out = Reply.values(call);
        List<String> pinned = new ArrayList<>();
        try (Fetcher blocks = new Fetcher(node, call)) {
            for (String text : call.args("ipfs-path")) {
                Cid cid = ContentPath.resolve(text, blocks);
                if (!recursive && status(cid, true, call) == IpfsPinStatus.RECURSIVE) {
                    throw new KuboException("pin: " + cid + " already pinned recursively");
                }
                CompletableFuture<Void> pinning = node.connector().pin(pin(cid, recursive));
                try {
                    if (progress) {
                        report(pinning, call, out);
                    }
                    Node.await(pinning, call.deadline());
                } catch (KuboException | ClusterException e) {
                    throw new KuboException("pin: " + e.getMessage(), e);
                } finally {
                    pinning.cancel(false);
                }
                if (!name.isEmpty()) {
                    node.pins().namePin(cid, name);
                }
                pinned.add(cid.toString());
            }
        }
        Map<String, @Nullable Object> result = Json.object("Pins", pinned);
        if (progress) {
            out.now(result);
        } else {
            Reply.single(call, result);
        }
    }

    /** One line each half second, with the blocks that have come to the node since; clients take it as a sign of life. */
    private void report(CompletableFuture<Void> pinning, Call call, Reply.Values out)
            throws IOException, InterruptedException {
        long before = node.network().traffic().blocksReceived();
        long bytesBefore = node.network().traffic().bytesReceived();
        while (true) {
            try {
                pinning.get(Math.min(PROGRESS_NANOS, Math.max(1, call.deadline().left())), TimeUnit.NANOSECONDS);
                return;
            } catch (ExecutionException failed) {
                return; // whoever waits for the pin tells it
            } catch (TimeoutException notYet) {
                long blocks = node.network().traffic().blocksReceived() - before;
                long bytes = node.network().traffic().bytesReceived() - bytesBefore;
                out.now(blocks <= 0 ? Json.object() : Json.object("Progress", blocks, "Bytes", bytes));
            }
        }
    }

    private void remove(Call call) throws IOException {
        boolean recursive = call.flag("recursive", true);
        List<String> removed = new ArrayList<>();
        try (Fetcher blocks = new Fetcher(node, call)) {
            for (String text : call.args("ipfs-path")) {
                Cid cid = ContentPath.resolve(text, blocks);
                boolean whole = status(cid, true, call) == IpfsPinStatus.RECURSIVE;
                if (whole && !recursive) {
                    throw new KuboException(cid + " is pinned recursively");
                }
                if (!whole && status(cid, false, call) != IpfsPinStatus.DIRECT) {
                    throw new KuboException("not pinned or pinned indirectly");
                }
                Node.await(node.connector().unpin(cid), call.deadline());
                removed.add(cid.toString());
            }
        }
        Reply.single(call, Json.object("Pins", removed));
    }

    private void update(Call call) throws IOException {
        List<String> args = call.args("from-path");
        if (args.size() < 2) {
            throw new UsageException("argument \"to-path\" is required");
        }
        try (Fetcher blocks = new Fetcher(node, call)) {
            Cid from = ContentPath.resolve(args.get(0), blocks);
            Cid to = ContentPath.resolve(args.get(1), blocks);
            if (status(from, true, call) != IpfsPinStatus.RECURSIVE) {
                throw new KuboException("'from' cid was not recursively pinned already");
            }
            if (!from.equals(to)) {
                if (status(to, true, call) == IpfsPinStatus.RECURSIVE) {
                    throw new KuboException("'to' cid was already recursively pinned");
                }
                CompletableFuture<Void> pinning = node.connector().pin(pin(to, true));
                try {
                    Node.await(pinning, call.deadline());
                } finally {
                    pinning.cancel(false);
                }
                if (call.flag("unpin", true)) {
                    Node.await(node.connector().unpin(from), call.deadline());
                }
            }
            Reply.single(call, Json.object("Pins", List.of(from.toString(), to.toString())));
        }
    }

    private void list(Call call) throws IOException {
        String type = call.option("type", "all");
        if (!Set.of("direct", "indirect", "recursive", "all").contains(type)) {
            throw new KuboException("invalid type '" + type + "', must be one of {direct, indirect, recursive, all}");
        }
        Listing out = new Listing(call);
        if (call.anyArgs().isEmpty()) {
            listAll(type, call, out);
        } else {
            for (String text : call.anyArgs()) {
                look(text, type, call, out);
            }
        }
        out.end();
    }

    /** Rows of a listing, streamed or as one object. */
    private final class Listing {
        private static final int MAX_ROWS = 500_000;

        private final Call call;
        private final Reply.Values values;
        private final boolean stream;
        private final boolean names;
        /** What a name has to hold; empty = nothing. */
        private final String part;

        private final Map<String, @Nullable Object> keys = new LinkedHashMap<>();

        Listing(Call call) {
            this.call = call;
            this.stream = call.flag("stream", false);
            this.part = call.option("name", "");
            this.names = call.flag("names", false) || !part.isEmpty();
            this.values = Reply.values(call);
        }

        void row(Cid cid, String type) throws IOException {
            String name = names && !type.startsWith("indirect") ? node.pins().pinName(cid) : "";
            if (!name.contains(part)) {
                return;
            }
            if (stream) {
                values.put(
                        name.isEmpty()
                                ? Json.object("Cid", cid.toString(), "Type", type)
                                : Json.object("Cid", cid.toString(), "Name", name, "Type", type));
                return;
            }
            keys.put(cid.toString(), Json.object("Type", type, "Name", name));
            if (keys.size() > MAX_ROWS) {
                throw new KuboException("there are more than " + MAX_ROWS + " pins; use stream=true");
            }
        }

        void end() throws IOException {
            if (stream) {
                values.flush();
            } else {
                Reply.single(call, keys.isEmpty() ? Json.object() : Json.object("Keys", keys));
            }
        }
    }

    private void listAll(String type, Call call, Listing out) throws IOException {
        if (!type.equals("indirect")) {
            Set<IpfsPinStatus> kinds = type.equals("all")
                    ? EnumSet.of(IpfsPinStatus.DIRECT, IpfsPinStatus.RECURSIVE)
                    : EnumSet.of(type.equals("direct") ? IpfsPinStatus.DIRECT : IpfsPinStatus.RECURSIVE);
            try (Cursor<IpfsPin> pins = node.connector().pins(kinds)) {
                for (IpfsPin pin = pins.next(); pin != null; pin = pins.next()) {
                    out.row(pin.cid(), pin.status() == IpfsPinStatus.DIRECT ? "direct" : "recursive");
                }
            }
        }
        if (type.equals("indirect") || type.equals("all")) {
            indirect(call, out);
        }
    }

    /** What is below recursive pins and no pin itself. */
    private void indirect(Call call, Listing out) throws IOException {
        Seen roots = new Seen();
        forEachRecursive(roots::add);
        Seen listed = new Seen();
        try (Fetcher blocks = new Fetcher(node, call.deadline(), true)) {
            DagWalk walk = new DagWalk(blocks, listed, false);
            forEachRecursive(root -> {
                walk.run(root, (cid, data) -> {
                    if (!roots.contains(cid)) {
                        out.row(cid, "indirect");
                    }
                });
                return root;
            });
        }
    }

    /** Takes roots. */
    private interface RootVisitor {
        Object root(Cid cid) throws IOException;
    }

    private void forEachRecursive(RootVisitor visitor) throws IOException {
        try (Cursor<IpfsPin> pins = node.connector().pins(EnumSet.of(IpfsPinStatus.RECURSIVE))) {
            for (IpfsPin pin = pins.next(); pin != null; pin = pins.next()) {
                visitor.root(pin.cid());
            }
        }
    }

    private void look(String text, String type, Call call, Listing out) throws IOException {
        Cid cid;
        try (Fetcher blocks = new Fetcher(node, call)) {
            cid = ContentPath.resolve(text, blocks);
        }
        if (!type.equals("direct") && !type.equals("indirect") && status(cid, true, call) == IpfsPinStatus.RECURSIVE) {
            out.row(cid, "recursive");
        } else if ((type.equals("direct") || type.equals("all")) && status(cid, false, call) == IpfsPinStatus.DIRECT) {
            out.row(cid, "direct");
        } else {
            String through = type.equals("indirect") || type.equals("all") ? holder(cid, call) : "";
            if (through.isEmpty()) {
                throw new KuboException("path '" + text + "' is not pinned");
            }
            out.row(cid, "indirect through " + through);
        }
    }

    /** A recursive pin above a block, or an empty text. */
    private String holder(Cid wanted, Call call) throws IOException {
        Seen seen = new Seen();
        try (Fetcher blocks = new Fetcher(node, call.deadline(), true);
                Cursor<IpfsPin> pins = node.connector().pins(EnumSet.of(IpfsPinStatus.RECURSIVE))) {
            DagWalk walk = new DagWalk(blocks, seen, false);
            for (IpfsPin pin = pins.next(); pin != null; pin = pins.next()) {
                if (!pin.cid().equals(wanted)) {
                    walk.run(pin.cid(), (cid, data) -> call.deadline().left());
                    if (seen.contains(wanted)) {
                        return pin.cid().toString();
                    }
                }
            }
        }
        return "";
    }

    private void verify(Call call) throws IOException {
        boolean verbose = call.flag("verbose", false);
        Reply.Values out = Reply.values(call);
        forEachRecursive(root -> {
            List<Object> bad = new ArrayList<>();
            try (Fetcher blocks = new Fetcher(node, call.deadline(), true)) {
                new DagWalk(blocks, new Seen(), false).run(root, (cid, data) -> {
                    if (!cid.multihash().matches(data)) {
                        throw new KuboException("block " + cid + " was corrupt");
                    }
                });
            } catch (KuboException e) {
                bad.add(Json.object("Cid", root.toString(), "Err", String.valueOf(e.getMessage())));
            }
            if (!bad.isEmpty()) {
                out.put(Json.object("Cid", root.toString(), "Ok", false, "BadNodes", bad));
            } else if (verbose) {
                out.put(Json.object("Cid", root.toString(), "Ok", true));
            }
            return root;
        });
        out.flush();
    }
}
