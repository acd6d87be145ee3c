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
package org.pinion.informer.disk;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.pinion.spi.config.GoDuration;
import org.pinion.spi.informer.Informer.Reading;

/**
 * The section {@code informer.disk}.
 *
 * @param metricTtl how long a measurement is valid; more than zero
 * @param metricType what is measured
 */
record DiskSettings(Duration metricTtl, Type metricType) {
    static final DiskSettings DEFAULT = new DiskSettings(Duration.ofSeconds(30), Type.FREESPACE);

    DiskSettings {
        if (metricTtl.isNegative() || metricTtl.isZero()) {
            throw new IllegalArgumentException(
                    "disk.metric_ttl is invalid: " + GoDuration.format(metricTtl) + "; it must be more than 0s");
        }
    }

    /** Reads the component's properties; missing ones get the reference's defaults. */
    static DiskSettings of(Map<String, Object> properties) {
        Object ttl = properties.get("metric.ttl");
        Object type = properties.get("metric.type");
        return new DiskSettings(
                ttl == null ? DEFAULT.metricTtl : GoDuration.parse(ttl.toString()),
                type == null ? DEFAULT.metricType : Type.of(type.toString()));
    }

    /** What is measured. */
    enum Type {
        /** Bytes that are left under the configured limit. */
        FREESPACE,
        /** Bytes in use. */
        REPOSIZE;

        /** The text in service.json and the metric's name. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The reading when the repository cannot be measured. */
        Reading unknown() {
            return new Reading(text(), "0", 0, false, false);
        }

        static Type of(String text) {
            return switch (text) {
                case "freespace" -> FREESPACE;
                case "reposize" -> REPOSIZE;
                default ->
                    throw new IllegalArgumentException(
                            "disk.metric_type is invalid: \"" + text + "\"; use freespace or reposize");
            };
        }
    }
}
