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
package org.pinion.pintracker.common;

import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.flow.Cursor;

/**
 * What a tracker remembers of each CID. Changed inside the tracker's lane only, read by any thread. Everything that is
 * remembered is in the datastore too, in one form for all trackers, so that any of them goes on where another stopped.
 * Calls that need the datastore fail with {@code UNAVAILABLE} while it is away.
 */
public interface TrackRows {
    /** The datastore came. */
    void use(Datastore datastore);

    /** The datastore goes, unless another one took its place already. */
    void drop(Datastore datastore);

    /** Whether rows can be written. */
    boolean isThere();

    /**
     * Reads a part of what is in the datastore, right after it came. Inside the lane, so that nothing changes meanwhile.
     *
     * @param after the last CID of the part before; null = from the start
     * @return the last CID of this part; null = nothing is left
     */
    @Nullable
    Cid load(@Nullable Cid after);

    /** The row of a CID, or null. */
    @Nullable
    TrackRow get(Cid cid);

    /** Remembers. Inside the lane. */
    void put(Cid cid, TrackRow row);

    /** Forgets. Inside the lane. */
    void delete(Cid cid);

    /** All rows behind a CID in order, without pins; null = from the start. */
    Cursor<Tracked> list(@Nullable Cid after);

    /** CIDs with a row in phase pinned. */
    long pinned();

    /** Begins the notes of a comparison, without those of an earlier one. */
    Marks marks();

    /** How the IPFS node holds CIDs, noted in any order and read by CID. For one comparison at a time. */
    interface Marks extends AutoCloseable {
        /** Notes one. */
        void add(Cid cid, int ipfsStatus);

        /** All of them in the order of their CIDs; nothing is noted afterwards. */
        Cursor<Mark> list();

        /** Forgets them. */
        @Override
        void close();
    }

    /**
     * How the IPFS node holds a CID.
     *
     * @param cid the content
     * @param ipfsStatus number of the {@code IpfsPinStatus}
     */
    record Mark(Cid cid, int ipfsStatus) {}
}
