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
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Codecs;
import org.pinion.ipld.multiformats.Hashes;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.http.MultipartReader;
import org.pinion.spi.ipfsnode.NodeBlocks.Keep;

/** Single blocks. */
final class BlockCommands {
    /** Longest block that other nodes take. */
    static final int MAX_BLOCK_BYTES = 2 << 20;

    private final Node node;

    BlockCommands(Node node) {
        this.node = node;
    }

    List<Command> commands() {
        return List.of(
                Command.of("block/get", this::get, "offline"),
                Command.of("block/stat", this::stat, "offline"),
                Command.of("block/put", this::put, "cid-codec", "mhtype", "mhlen", "pin", "allow-big-block", "format"),
                Command.of("block/rm", this::remove, "force", "quiet"));
    }

    private void get(Call call) throws IOException {
        byte[] data;
        try (Fetcher blocks = new Fetcher(node, call)) {
            data = blocks.get(ContentPath.resolve(call.arg("cid"), blocks));
        }
        try (OutputStream out = Reply.bytes(call, "application/vnd.ipld.raw", -1)) {
            out.write(data);
        }
    }

    private void stat(Call call) throws IOException {
        try (Fetcher blocks = new Fetcher(node, call)) {
            Cid cid = ContentPath.resolve(call.arg("cid"), blocks);
            Reply.single(call, Json.object("Key", cid.toString(), "Size", blocks.get(cid).length));
        }
    }

    private void put(Call call) throws IOException {
        Address address = Address.of(call);
        boolean pin = call.flag("pin", false);
        int limit = call.flag("allow-big-block", false) ? 2 * MAX_BLOCK_BYTES : MAX_BLOCK_BYTES;
        MultipartReader parts = call.parts("data");
        Reply.Values out = Reply.values(call);
        boolean any = false;
        try (Keep keep = node.blocks().keep()) {
            while (parts.next()) {
                any = true;
                byte[] data = Call.content(parts.content(), limit);
                Cid cid = address.of(data);
                node.blocks().put(List.of(new Block(cid, data)), keep);
                if (pin) {
                    Node.await(node.connector().pin(Pin.of(cid, PinOptions.NONE)), call.deadline());
                }
                out.put(Json.object("Key", cid.toString(), "Size", data.length));
            }
        }
        if (!any) {
            throw new UsageException("file argument 'data' is required");
        }
        out.flush();
    }

    /** How a block that is put gets its address. */
    private record Address(long codec, long hash, boolean v0) {
        static Address of(Call call) {
            String format = call.option("format", "");
            String codec = call.option("cid-codec", "raw");
            boolean v0 = format.equals("v0");
            if (!format.isEmpty()) {
                codec = v0 || format.equals("protobuf") ? "dag-pb" : format.equals("cbor") ? "dag-cbor" : format;
            }
            String hash = call.option("mhtype", "sha2-256");
            if (call.integer("mhlen", -1) > 0 && !hash.equals("sha2-256")) {
                throw new KuboException("mhlen is not supported with mhtype " + hash + "; leave it out");
            }
            return new Address(codecOf(codec), hashOf(hash), v0);
        }

        Cid of(byte[] data) {
            Multihash sum = Hashes.sum(hash, data);
            return v0 ? Cid.v0(sum) : Cid.v1(codec, sum);
        }
    }

    static long codecOf(String name) {
        return Codecs.code(name).orElseThrow(() -> new KuboException("unknown multicodec: \"" + name + "\""));
    }

    static long hashOf(String name) {
        return Hashes.code(name).orElseThrow(() -> new KuboException("unrecognized hash function: " + name));
    }

    private void remove(Call call) throws IOException {
        boolean force = call.flag("force", false);
        boolean quiet = call.flag("quiet", false);
        Reply.Values out = Reply.values(call);
        for (String text : call.args("cid")) {
            Cid cid = ContentPath.parse(text).root();
            Supplier<Map<String, @Nullable Object>> row = () -> Json.object("Hash", cid.toString());
            if (!node.blocks().contains(cid)) {
                if (!force) {
                    out.put(Json.object("Hash", cid.toString(), "Error", "ipld: could not find " + cid));
                } else if (!quiet) {
                    out.put(row.get());
                }
                continue;
            }
            try {
                node.blocks().remove(cid);
                if (!quiet) {
                    out.put(row.get());
                }
            } catch (ClusterException pinned) {
                out.put(Json.object("Hash", cid.toString(), "Error", "pinned: " + pinned.getMessage()));
            }
        }
        out.flush();
    }
}
