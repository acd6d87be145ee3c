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
package org.pinion.consensus.crdt;

import java.util.List;
import java.util.Optional;
import org.pinion.consensus.crdt.SetView.Winner;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.state.PinCodec;
import org.pinion.spi.state.PinState;
import org.pinion.spi.state.PinStateWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the pins in line with the set, in the batch that changes the set. For one thread. */
final class PinUpdates {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");

    private final PinState pins;
    private final PinStateWriter writer;
    private final PinCodec codec;
    private final StoredSet set;
    private final OperationLog operations;
    private Mode mode = Mode.ALL;

    /** What a merge does to the pins. */
    enum Mode {
        /** Every change of the set, but for keys whose last operation is still in the log. */
        ALL,
        /** Only what differs: the operations of the log did it already. */
        DIFFERENT,
        /** Nothing: the node was made of the pins. */
        NONE
    }

    /**
     * A change of the pin set.
     *
     * @param pin how the pin is now, or was before it was removed
     * @param pinned false = removed
     */
    record Change(Pin pin, boolean pinned) {}

    PinUpdates(Replica.Storage storage, StoredSet set, OperationLog operations) {
        pins = storage.pins();
        writer = storage.writer();
        codec = storage.codec();
        this.set = set;
        this.operations = operations;
    }

    void mode(Mode newMode) {
        mode = newMode;
    }

    /** Stages what the outcome of a node's merge means for the pins, and adds it to {@code changes}. */
    void apply(WriteBatch batch, DagNode node, DeltaMerge.Outcome outcome, List<Change> changes) {
        if (mode == Mode.NONE) {
            return;
        }
        outcome.winners().forEach((key, winner) -> {
            if (mode == Mode.DIFFERENT || outlivesOperation(key, winner)) {
                winner.ifPresentOrElse(
                        some -> pin(batch, key, value(some, node), changes), () -> unpin(batch, key, changes));
            }
        });
    }

    /** Whether a change is to be seen though an operation on the key may still be in the log. */
    private boolean outlivesOperation(SetKey key, Optional<Winner> winner) {
        OperationLog.Entry operation = operations.get(key);
        if (operation == null) {
            return true;
        }
        // a put in the log will be higher than all; a removal in the log leaves what it had not seen
        return operation.value() == null
                && winner.isPresent()
                && !operation.removed().contains(winner.get().block());
    }

    private byte[] value(Winner winner, DagNode node) {
        return winner.block().equals(node.hash())
                ? node.delta().elements().get(winner.index()).value()
                : set.value(winner);
    }

    /** Stages a pin; a value that is no pin counts as removed. */
    void pin(WriteBatch batch, SetKey key, byte[] value, List<Change> changes) {
        Cid cid = key.cid();
        if (cid == null) {
            return;
        }
        Pin pin;
        try {
            pin = of(cid, codec.decode(value));
        } catch (IllegalArgumentException e) {
            log.warn("left {} out of the pin set: {}", cid, e.getMessage());
            unpin(batch, key, changes);
            return;
        }
        if (mode == Mode.ALL || !pins.get(cid).equals(Optional.of(pin))) {
            writer.put(batch, pin);
            changes.add(new Change(pin, true));
        }
    }

    /** The key decides about the CID, as in listings of the reference. */
    private static Pin of(Cid cid, Pin pin) {
        return pin.cid().equals(cid)
                ? pin
                : new Pin(
                        cid,
                        pin.type(),
                        pin.allocations(),
                        pin.maxDepth(),
                        pin.reference(),
                        pin.timestamp(),
                        pin.options());
    }

    /** Stages a removal; nothing happens when the key is no pin. */
    void unpin(WriteBatch batch, SetKey key, List<Change> changes) {
        Cid cid = key.cid();
        if (cid == null) {
            return;
        }
        Optional<Pin> old = pins.get(cid);
        writer.remove(batch, cid);
        old.ifPresent(pin -> changes.add(new Change(pin, false)));
    }
}
