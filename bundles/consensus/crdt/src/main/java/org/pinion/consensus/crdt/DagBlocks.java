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

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.libp2p.api.ExchangeBlockstore;
import org.pinion.spi.ClusterException;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Space;

/** The nodes of the DAG as other peers may fetch them; nothing while there is no datastore. Any thread. */
final class DagBlocks implements ExchangeBlockstore {
    private final Supplier<@Nullable Datastore> store;

    DagBlocks(Supplier<@Nullable Datastore> store) {
        this.store = store;
    }

    @Override
    public Optional<byte[]> get(Cid cid) throws IOException {
        Datastore here = store.get();
        if (here == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(here.get(Space.DAG, cid.multihash().bytes()));
        } catch (ClusterException e) {
            throw new IOException("node " + cid + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public OptionalLong size(Cid cid) throws IOException {
        Optional<byte[]> bytes = get(cid);
        return bytes.isPresent() ? OptionalLong.of(bytes.get().length) : OptionalLong.empty();
    }
}
