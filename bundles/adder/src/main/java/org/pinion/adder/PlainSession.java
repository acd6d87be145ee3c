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

import java.util.List;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;

/** All blocks go to the same peers, and each root becomes one pin there. */
final class PlainSession implements Session {
    private final Ports ports;
    private final PinOptions options;
    private final boolean pins;
    private final Delivery delivery;

    /** Leaves roots unpinned unless {@code pins}. */
    PlainSession(Ports ports, PinOptions options, boolean pins) {
        this.ports = ports;
        this.options = options;
        this.pins = pins;
        delivery = new Delivery(ports.router(), ports.opener());
    }

    @Override
    public void put(Block block, long cumulativeBytes) {
        if (block.cid().multihash().code() != Multihash.IDENTITY) {
            delivery.put(block, cumulativeBytes);
        }
    }

    @Override
    public List<PeerId> allocations() {
        return delivery.allocations();
    }

    @Override
    public boolean takesTreeBlocks() {
        return false;
    }

    @Override
    public void root(Cid cid) {}

    @Override
    public void finish(List<Cid> roots) {
        delivery.finish();
        if (pins) {
            for (Cid root : roots) {
                ports.pinner().pin(Pin.of(root, options).withAllocations(delivery.allocations()));
            }
        }
    }

    @Override
    public void close() {
        delivery.close();
    }
}
