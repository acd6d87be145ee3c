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

import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.car.CarReader;
import org.pinion.ipld.dag.unixfs.UnixFsNode;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddOutput.Added;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.adder.AddSource.Entry;
import org.pinion.spi.adder.AddSource.Kind;
import org.pinion.spi.ipfsconnector.IpfsBlocks;

/**
 * A CAR archive, block by block, each checked against its CID. One that is pinned must be complete but for what earlier
 * archives brought.
 */
final class CarRoots implements Roots {
    private static final Set<Long> CODECS = Set.of(Cid.DAG_PB, Cid.RAW, Cid.DAG_CBOR);
    private static final int BUFFER_BYTES = 64 << 10;

    private final AddParams params;
    private final Predicate<Cid> here;
    private final @Nullable IpfsBlocks network;
    private final Missing missing = new Missing();
    private final Session session;
    private final AddOutput output;

    /** Looks for what the archive lacks with {@code here} and {@code network}. */
    CarRoots(AddParams params, Session session, AddOutput output, Predicate<Cid> here, @Nullable IpfsBlocks network) {
        this.params = params;
        this.here = here;
        this.network = network;
        this.session = session;
        this.output = output;
        if (params.wrap()) {
            throw Roots.bad("cannot wrap a CAR file upload");
        }
    }

    @Override
    public List<Cid> of(AddSource source) throws IOException {
        Entry entry = source.next();
        if (entry == null) {
            throw Roots.bad("nothing to add: the request has no CAR file");
        }
        if (entry.kind() != Kind.FILE) {
            throw Roots.bad("expected CAR file is not of type file");
        }
        try (CarReader car = open(entry)) {
            if (car.roots().size() != 1) {
                throw Roots.bad("only CAR files with a single root are supported");
            }
            Cid root = car.roots().get(0);
            missing.root(root);
            long bytes = 0;
            long fileBytes = 0;
            for (Block block = car.next(); block != null; block = car.next()) {
                check(block.cid());
                bytes += block.data().length;
                if (block.cid().equals(root)) {
                    fileBytes = fileBytes(block);
                }
                missing.block(block);
                session.put(block, block.data().length);
            }
            if (!params.noPin()) {
                missing.check(here, network);
            }
            session.root(root);
            output.added(new Added(entry.path(), root, bytes, fileBytes, session.allocations()));
            return List.of(root);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the add was interrupted", e);
        }
    }

    private static CarReader open(Entry entry) throws IOException {
        try {
            return new CarReader(new BufferedInputStream(entry.content(), BUFFER_BYTES));
        } catch (IllegalArgumentException e) {
            throw new ClusterException(ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()), e);
        }
    }

    private static void check(Cid cid) {
        if (!CODECS.contains(cid.codec())) {
            throw Roots.bad("block " + cid + " of the CAR has codec 0x" + Long.toHexString(cid.codec())
                    + "; only dag-pb, raw and dag-cbor are supported");
        }
    }

    /** Size of the file if the block is the root of one, else 0. */
    private static long fileBytes(Block block) {
        if (block.cid().codec() == Cid.RAW) {
            return 0;
        }
        try {
            byte[] data = DagPb.decode(block.data()).data();
            UnixFsNode node = data == null ? null : UnixFsNode.decode(data);
            return node == null || !node.isFile() ? 0 : Math.max(node.fileSize(), 0);
        } catch (IllegalArgumentException noUnixFs) {
            return 0;
        }
    }
}
