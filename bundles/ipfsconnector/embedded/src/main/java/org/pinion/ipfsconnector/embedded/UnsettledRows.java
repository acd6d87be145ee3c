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

import java.util.function.BiConsumer;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

/** The rows of blocks that a crash would lose. */
final class UnsettledRows {
    private static final int MAX_CHANGES = 4096;

    private UnsettledRows() {}

    /** Makes changes for every row; they are written in batches. */
    static void forEach(Datastore datastore, BiConsumer<WriteBatch, Row> change) {
        WriteBatch batch = new WriteBatch();
        try (Cursor<Row> rows = datastore.scan(Space.NODE, Rows.from(Rows.UNSETTLED), Rows.to(Rows.UNSETTLED))) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                change.accept(batch, row);
                if (batch.changes().size() >= MAX_CHANGES) {
                    datastore.write(batch, Durability.LATER);
                    batch = new WriteBatch();
                }
            }
        }
        datastore.write(batch, Durability.LATER);
    }
}
