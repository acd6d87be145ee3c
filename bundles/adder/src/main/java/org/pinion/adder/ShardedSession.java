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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddOutput.Added;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts content into shards of about one size, each with peers of its own. Every root has its shards, a cluster DAG that
 * lists them, and a meta pin. Pins are made in the end, so that an add that fails pins nothing.
 *
 * <pre>
 * meta pin (data root) ──reference──► cluster DAG {"0": shard 0, "1": shard 1, …} ──reference──► data root
 *                                        shard n {"0": block, "1": block, …}      ──reference──► shard n-1
 * </pre>
 *
 * @spec adder facts "Sharding adder"
 */
final class ShardedSession implements Session {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.adder");

    private final Ports ports;
    private final PinOptions options;
    private final boolean pins;
    private final AddOutput output;
    private final List<Pin> made = new ArrayList<>();
    private CidSet seen = new CidSet();
    private List<Cid> shards = new ArrayList<>();
    private @Nullable Shard current;
    private long totalBytes;

    /** Leaves everything unpinned unless {@code pins}. */
    ShardedSession(Ports ports, PinOptions options, boolean pins, AddOutput output) {
        this.ports = ports;
        this.options = options;
        this.pins = pins;
        this.output = output;
    }

    @Override
    public void put(Block block, long cumulativeBytes) throws IOException {
        if (!seen.add(block.cid())) {
            return;
        }
        Shard shard = current;
        if (shard != null && !fits(shard, block)) {
            if (shard.bytes() == 0) {
                throw tooSmall(block);
            }
            flush(shard);
            shard = null;
        }
        if (shard == null) {
            shard = open();
            if (!fits(shard, block)) {
                throw tooSmall(block);
            }
        }
        shard.put(block, cumulativeBytes);
    }

    /** As in the reference, a shard is never quite full. */
    private boolean fits(Shard shard, Block block) {
        return shard.hasRoom() && Long.compareUnsigned(shard.bytes() + block.data().length, options.shardSize()) < 0;
    }

    private ClusterException tooSmall(Block block) {
        return Roots.bad("block doesn't fit in empty shard: shard size too small? Block " + block.cid() + " has "
                + block.data().length + " bytes, shard-size is " + Long.toUnsignedString(options.shardSize())
                + "; 104857600 is usual");
    }

    private Shard open() {
        if (shards.size() >= LinkDag.MAX_LINKS) {
            throw Roots.bad("content has more than " + LinkDag.MAX_LINKS + " shards of "
                    + Long.toUnsignedString(options.shardSize()) + " bytes; choose a larger shard-size");
        }
        Shard shard = new Shard(new Delivery(ports.router(), ports.opener()));
        current = shard;
        return shard;
    }

    private void flush(Shard shard) throws IOException {
        Cid cid = shard.finish();
        int number = shards.size();
        Cid previous = number == 0 ? null : shards.get(number - 1);
        PinOptions own = options.toBuilder()
                .name(options.name() + "-shard-" + number)
                .shardSize(shard.bytes())
                .build();
        made.add(new Pin(cid, PinType.SHARD, shard.allocations(), 1, previous, null, own));
        shards.add(cid);
        totalBytes += shard.bytes();
        current = null;
        output.added(new Added("shard-" + number, cid, 0, shard.bytes(), shard.allocations()));
    }

    @Override
    public List<PeerId> allocations() {
        Shard shard = current;
        return shard == null ? List.of() : shard.allocations();
    }

    @Override
    public boolean takesTreeBlocks() {
        return true;
    }

    @Override
    public void root(Cid root) throws IOException {
        Shard last = current;
        if (last != null) {
            flush(last);
        }
        if (shards.isEmpty()) {
            throw Roots.bad("nothing to add: " + root + " has no blocks");
        }
        LinkDag dag = LinkDag.of(shards);
        try (Delivery delivery =
                new Delivery(first -> new Ports.Route(List.of(ports.self()), List.of(ports.self())), ports.opener())) {
            dag.forEach(delivery);
            delivery.finish();
        }
        String name = options.name() + "-clusterDAG";
        output.added(new Added(name, dag.root(), 0, totalBytes, List.of()));
        PinOptions everywhere =
                options.toBuilder().name(name).replication(-1, -1).build();
        made.add(new Pin(dag.root(), PinType.CLUSTER_DAG, List.of(), 0, root, null, everywhere));
        made.add(new Pin(root, PinType.META, List.of(), 0, dag.root(), null, options));
        LOG.debug("sharded cid={} clusterDAG={} shards={} bytes={}", root, dag.root(), shards.size(), totalBytes);
        // a root of its own shards can go without the others
        seen = new CidSet();
        shards = new ArrayList<>();
        totalBytes = 0;
    }

    @Override
    public void finish(List<Cid> roots) {
        if (!pins) {
            return;
        }
        made.forEach(this::check);
        int done = 0;
        for (Pin pin : made) {
            try {
                ports.pinner().pin(pin);
                done++;
            } catch (ClusterException e) {
                throw done == 0
                        ? e
                        : new ClusterException(
                                e.code(),
                                e.getMessage() + " (" + done + " of " + made.size()
                                        + " pins of the sharded content were made; add it again to complete them)",
                                e);
            }
        }
    }

    /** What would fail half-way: pins of these CIDs that are something else. */
    private void check(Pin pin) {
        PinType type = ports.known().apply(pin.cid());
        if (type != PinType.BAD && type != pin.type()) {
            throw new ClusterException(
                    ErrorCode.INTERNAL,
                    "cannot repin CID with different tracking method, clear state with pin rm to proceed. New: "
                            + pin.type().text() + ". Was: " + type.text());
        }
    }

    @Override
    public void close() {
        Shard shard = current;
        if (shard != null) {
            shard.close();
        }
    }
}
