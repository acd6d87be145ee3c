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
package org.pinion.monitor.pubsubmon;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.pinion.spi.Metric;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the metrics that are still valid from a stopped monitor to its successor, so that no member vanishes meanwhile. */
final class SavedMetrics {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.monitor.pubsubmon");
    private static final byte[] FROM = "pubsubmon/".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TO = "pubsubmon0".getBytes(StandardCharsets.US_ASCII);

    private SavedMetrics() {}

    /** Replaces what is saved. */
    static void save(Datastore store, Collection<Metric> metrics) {
        WriteBatch batch = new WriteBatch().deleteRange(Space.META, FROM, TO);
        int number = 0;
        for (Metric metric : metrics) {
            byte[] key = ("pubsubmon/" + number++).getBytes(StandardCharsets.US_ASCII);
            batch.put(Space.META, key, MetricCodec.encode(metric));
        }
        store.write(batch, Durability.LATER);
    }

    /** What was saved and may still be used. */
    static List<Metric> load(Datastore store, Instant now) {
        List<Metric> metrics = new ArrayList<>();
        try (Cursor<Row> rows = store.scan(Space.META, FROM, TO)) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                try {
                    Metric metric = MetricCodec.decode(row.value());
                    if (!metric.isDiscardable(now)) {
                        metrics.add(metric);
                    }
                } catch (IllegalArgumentException e) {
                    LOG.warn("a saved metric cannot be read and is left out: {}", e.getMessage());
                }
            }
        }
        return metrics;
    }
}
