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
package org.pinion.ipfsconnector.embedded;

import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector.IpfsPin;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;

/**
 * The roots that the node holds. A CID has one pin: the newest replaces the one before. Any thread; blocks on the disk;
 * changes are durable when the call returns, but for {@link #put}.
 */
final class Pins {
    /** Everything below the root. */
    static final int ALL = -1;

    private static final int STRIPES = 64;

    private final Datastore datastore;
    private final Lock[] stripes = new Lock[STRIPES];

    Pins(Datastore datastore) {
        this.datastore = datastore;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
    }

    /** How deep a CID is pinned ({@link #ALL}, 0 = the root only), or null. */
    @Nullable
    Integer depth(Cid cid) {
        byte[] value = datastore.get(Space.NODE, Rows.pin(cid));
        return value == null ? null : Rows.depth(value);
    }

    /** How a CID is held when looked up for a pin of that depth: a recursive pin does not count as a direct one. */
    IpfsPinStatus status(Cid cid, int wantedDepth) {
        Integer depth = depth(cid);
        if (depth == null || (depth == 0) != (wantedDepth == 0)) {
            return IpfsPinStatus.UNPINNED;
        }
        if (depth == 0) {
            return IpfsPinStatus.DIRECT;
        }
        boolean deepEnough = depth < 0 || (wantedDepth > 0 && depth >= wantedDepth);
        return deepEnough ? IpfsPinStatus.RECURSIVE : IpfsPinStatus.UNPINNED;
    }

    /**
     * Writes a pin unless it was called off meanwhile; it is durable with the datastore's next sync. A removal of the same
     * CID comes entirely before or after.
     */
    boolean put(Cid cid, int depth, BooleanSupplier calledOff) {
        Lock stripe = stripe(cid);
        stripe.lock();
        try {
            if (calledOff.getAsBoolean()) {
                return false;
            }
            byte[] value = Rows.pinned(Math.max(depth, ALL), name(cid));
            datastore.write(new WriteBatch().put(Space.NODE, Rows.pin(cid), value), Durability.LATER);
            return true;
        } finally {
            stripe.unlock();
        }
    }

    /** The name of a pin; empty = none. */
    String name(Cid cid) {
        byte[] value = datastore.get(Space.NODE, Rows.pin(cid));
        return value == null ? "" : Rows.name(value);
    }

    /** Names a pin, if there is one; it keeps its name when it is put again. */
    void rename(Cid cid, String name) {
        Lock stripe = stripe(cid);
        stripe.lock();
        try {
            byte[] value = datastore.get(Space.NODE, Rows.pin(cid));
            if (value != null && !Rows.name(value).equals(name)) {
                byte[] named = Rows.pinned(Rows.depth(value), name);
                datastore.write(new WriteBatch().put(Space.NODE, Rows.pin(cid), named), Durability.SYNC);
            }
        } finally {
            stripe.unlock();
        }
    }

    /** Removes a pin; harmless when there is none. */
    void remove(Cid cid) {
        Lock stripe = stripe(cid);
        stripe.lock();
        try {
            byte[] key = Rows.pin(cid);
            if (datastore.contains(Space.NODE, key)) {
                datastore.write(new WriteBatch().delete(Space.NODE, key), Durability.SYNC);
            }
        } finally {
            stripe.unlock();
        }
    }

    private Lock stripe(Cid cid) {
        return stripes[Math.floorMod(cid.hashCode(), STRIPES)];
    }

    /** All pins with their depths. */
    Cursor<Root> list() {
        return datastore
                .scan(Space.NODE, Rows.from(Rows.PIN), Rows.to(Rows.PIN))
                .map(row -> new Root(Rows.cidOfPin(row.key()), Rows.depth(row.value())));
    }

    /** The pins of those kinds. */
    Cursor<IpfsPin> list(Set<IpfsPinStatus> kinds) {
        return list().map(root ->
                        new IpfsPin(root.cid(), root.depth() == 0 ? IpfsPinStatus.DIRECT : IpfsPinStatus.RECURSIVE))
                .filter(pin -> kinds.contains(pin.status()));
    }

    /**
     * A pin.
     *
     * @param cid the root
     * @param depth how many levels below it are held too; {@link #ALL} for everything
     */
    record Root(Cid cid, int depth) {}
}
