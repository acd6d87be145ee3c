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
package org.pinion.cluster;

import java.util.Collections;
import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.PinInfo;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.StatusRows;

/** The rows of a peer of ours, which come many at a time, or one by one from one that does not know that method yet. */
final class GroupedRows implements Cursor<PinInfo> {
    private final Cursor<StatusRows> groups;
    private final Supplier<Cursor<PinInfo>> oneByOne;
    private Iterator<PinInfo> group = Collections.emptyIterator();
    private boolean answered;
    private @Nullable Cursor<PinInfo> single;

    /**
     * Takes over the groups.
     *
     * @param oneByOne opens the rows in the other way
     */
    GroupedRows(Cursor<StatusRows> groups, Supplier<Cursor<PinInfo>> oneByOne) {
        this.groups = groups;
        this.oneByOne = oneByOne;
    }

    @Override
    public @Nullable PinInfo next() {
        Cursor<PinInfo> others = single;
        if (others != null) {
            return others.next();
        }
        while (!group.hasNext()) {
            StatusRows read;
            try {
                read = groups.next();
            } catch (RpcException unknown) {
                if (answered || unknown.kind() != RpcException.Kind.SERVER) {
                    throw unknown;
                }
                Cursor<PinInfo> opened = oneByOne.get();
                single = opened;
                return opened.next();
            }
            if (read == null) {
                return null;
            }
            answered = true;
            group = read.rows().iterator();
        }
        return group.next();
    }

    @Override
    public void close() {
        groups.close();
        Cursor<PinInfo> others = single;
        if (others != null) {
            others.close();
        }
    }
}
