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
package org.pinion.ipfsconnector.ipfshttp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.client.ByteBufferRequestContent;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Codecs;
import org.pinion.ipld.multiformats.Hashes;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.flow.Cursor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's blocks. They are put in groups of one codec and hash, each one request that can be answered only when it was
 * read: neither side waits for the other. Blocks: worker threads only.
 */
final class BlockCalls {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.ipfsconnector.ipfshttp");
    private static final int GROUP_BYTES = 4 << 20;
    private static final int GROUP_BLOCKS = 128;
    /** Groups of one add that the node stores while the next one is made. */
    private static final int GROUPS_UNDER_WAY = 2;

    private static final int MAX_BLOCK_BYTES = 8 << 20;
    private static final String BOUNDARY = "pinion-block-boundary-6d2f8a4c0b9e";

    private final KuboRpc rpc;
    private final IpfsHttpSettings settings;
    private final Executor answers;

    /** Reads answers on threads of {@code answers}. */
    BlockCalls(KuboRpc rpc, IpfsHttpSettings settings, Executor answers) {
        this.rpc = rpc;
        this.settings = settings;
        this.answers = answers;
    }

    /** Which blocks go into one request. */
    private record Format(String codec, String hash, int hashBytes) {
        static Format of(Cid cid) {
            Multihash hash = cid.multihash();
            String codec = Codecs.name(cid.codec()).orElse("");
            String name = Hashes.name(hash.code()).orElse("");
            if (codec.isEmpty() || name.isEmpty()) {
                throw new ClusterException(
                        ErrorCode.BAD_REQUEST,
                        "cannot find name for the blocks' CID codec/Multihash type: " + cid.codec() + "/"
                                + hash.code());
            }
            return new Format(codec, name, hash.digestSize());
        }

        String command() {
            return KuboRpc.command(
                    "block/put",
                    "allow-big-block",
                    "true",
                    "cid-codec",
                    codec,
                    "mhlen",
                    Integer.toString(hashBytes),
                    "mhtype",
                    hash,
                    "pin",
                    "false");
        }
    }

    /**
     * A group on its way.
     *
     * @param call its request
     * @param stored when the node said that it has all of it
     */
    private record Sent(KuboRpc.Call call, CompletableFuture<Void> stored) {
        void await() {
            try {
                stored.get();
            } catch (ExecutionException e) {
                throw ClusterException.of(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClusterException(
                        ErrorCode.UNAVAILABLE, "block/put was stopped: this peer is closing or was reconfigured", e);
            }
        }
    }

    /** Puts all blocks; {@code BAD_REQUEST} if there is none. The next ones are made while the node stores. */
    void put(Cursor<Block> blocks, BooleanSupplier stop) {
        List<Block> group = new ArrayList<>();
        Deque<Sent> sent = new ArrayDeque<>();
        long bytes = 0;
        boolean any = false;
        try {
            for (Block block = blocks.next(); block != null && !stop.getAsBoolean(); block = blocks.next()) {
                any = true;
                boolean fits = group.size() < GROUP_BLOCKS && bytes + block.data().length <= GROUP_BYTES;
                if (!group.isEmpty()
                        && !(fits
                                && Format.of(block.cid())
                                        .equals(Format.of(group.get(0).cid())))) {
                    send(group, sent);
                    group.clear();
                    bytes = 0;
                }
                group.add(block);
                bytes += block.data().length;
            }
            if (!any) {
                throw new ClusterException(ErrorCode.BAD_REQUEST, "BlockStream: no blocks to peek in blocks channel");
            }
            if (!group.isEmpty()) {
                send(group, sent);
            }
            while (!sent.isEmpty()) {
                sent.remove().await();
            }
        } finally {
            // after a failure nobody asks for the rest
            sent.forEach(left -> left.call().abort(new ClusterException(ErrorCode.UNAVAILABLE, "the add has ended")));
        }
    }

    private void send(List<Block> group, Deque<Sent> sent) {
        if (sent.size() == GROUPS_UNDER_WAY) {
            sent.remove().await();
        }
        Format format = Format.of(group.get(0).cid());
        Set<Multihash> missing = new HashSet<>();
        // each buffer is a write of its own: what is between two blocks is one
        List<ByteBuffer> body = new ArrayList<>();
        String delimiter = "--" + BOUNDARY;
        for (Block block : group) {
            missing.add(block.cid().multihash());
            body.add(utf8(delimiter + "\r\nAbspath-Encoded: \r\n"
                    + "Content-Disposition: form-data; name=\"file\"; filename=\"" + block.cid() + "\"\r\n"
                    + "Content-Type: application/octet-stream\r\n\r\n"));
            body.add(ByteBuffer.wrap(block.data()));
            delimiter = "\r\n--" + BOUNDARY;
        }
        body.add(utf8(delimiter + "--\r\n"));
        ByteBufferRequestContent content = new ByteBufferRequestContent(
                "multipart/form-data; boundary=" + BOUNDARY, body.toArray(ByteBuffer[]::new));
        KuboRpc.Call call = rpc.call(format.command(), settings.requestTimeout(), content);
        int count = group.size();
        CompletableFuture<Void> stored = new CompletableFuture<>();
        sent.add(new Sent(call, stored));
        Runnable reading = () -> {
            try (call) {
                answer(call, missing, count);
                stored.complete(null);
            } catch (RuntimeException e) {
                stored.completeExceptionally(e);
            }
        };
        try {
            answers.execute(reading);
        } catch (RejectedExecutionException busy) {
            LOG.debug("the answer is read at once: {}", busy.getMessage());
            reading.run();
        }
    }

    private static void answer(KuboRpc.Call call, Set<Multihash> missing, int count) {
        int rows = 0;
        boolean warned = false;
        for (Map<String, Object> row = call.next(); row != null; row = call.next()) {
            if (++rows > 2 * GROUP_BLOCKS) {
                throw new ClusterException(
                        ErrorCode.TOO_LARGE,
                        "the IPFS node answered the block/put of " + count + " blocks with more than "
                                + 2 * GROUP_BLOCKS + " keys");
            }
            if (!missing.remove(hashOf(Json.text(row, "Key"))) && !warned) {
                warned = true;
                LOG.warn("the IPFS node stored {} which was not sent", Json.text(row, "Key"));
            }
        }
        if (!missing.isEmpty()) {
            throw new ClusterException(
                    ErrorCode.INTERNAL,
                    "the IPFS node did not store " + missing.size() + " of " + count
                            + " blocks that were put; one has multihash "
                            + missing.iterator().next());
        }
    }

    private static Multihash hashOf(String key) {
        try {
            return Cid.parse(key).multihash();
        } catch (IllegalArgumentException e) {
            throw new ClusterException(
                    ErrorCode.INTERNAL, "the IPFS node answered block/put with the key \"" + key + "\"", e);
        }
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A block's bytes, checked. */
    byte[] get(Cid cid) {
        String command = KuboRpc.command("block/get", "arg", cid.toString());
        try (KuboRpc.Call call = rpc.call(command, settings.requestTimeout());
                InputStream in = call.body()) {
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            byte[] buffer = new byte[16 << 10];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                data.write(buffer, 0, n);
                if (data.size() > MAX_BLOCK_BYTES) {
                    throw new ClusterException(
                            ErrorCode.TOO_LARGE, "block " + cid + " has more than " + MAX_BLOCK_BYTES + " bytes");
                }
            }
            call.finish();
            byte[] bytes = data.toByteArray();
            if (!cid.multihash().matches(bytes)) {
                throw new ClusterException(
                        ErrorCode.INTERNAL, "the IPFS node's bytes for block " + cid + " do not match it");
            }
            return bytes;
        } catch (IOException e) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, command + " was broken off: " + e.getMessage(), e);
        }
    }
}
