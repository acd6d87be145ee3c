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
package org.pinion.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.PinInfo;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.StatusRows;

/** Single statuses as groups of bounded size. One thread. */
final class StatusBatches implements Cursor<StatusRows> {
    private static final int MAX_ROWS = 64;
    /** Of the texts of users; the rest of a row is small. */
    private static final int MAX_TEXT_CHARS = 256 * 1024;

    private final Cursor<PinInfo> rows;
    /** The end of the rows, told when all before it were. */
    private @Nullable RuntimeException failure;

    private boolean ended;

    /** Takes over the rows. */
    StatusBatches(Cursor<PinInfo> rows) {
        this.rows = rows;
    }

    @Override
    public @Nullable StatusRows next() {
        List<PinInfo> batch = new ArrayList<>(MAX_ROWS);
        int chars = 0;
        while (!ended && batch.size() < MAX_ROWS && chars < MAX_TEXT_CHARS) {
            PinInfo row = pull();
            if (row != null) {
                batch.add(row);
                chars += chars(row);
            }
        }
        RuntimeException broken = failure;
        if (batch.isEmpty() && broken != null) {
            failure = null;
            throw broken;
        }
        return batch.isEmpty() ? null : new StatusRows(batch);
    }

    private @Nullable PinInfo pull() {
        PinInfo row = null;
        try {
            row = rows.next();
        } catch (RuntimeException broken) {
            failure = broken;
        }
        ended = row == null;
        return row;
    }

    private static int chars(PinInfo row) {
        int chars = row.name().length() + row.status().error().length();
        for (Map.Entry<String, String> entry : row.metadata().entrySet()) {
            chars += entry.getKey().length() + entry.getValue().length();
        }
        return chars;
    }

    @Override
    public void close() {
        rows.close();
    }
}
