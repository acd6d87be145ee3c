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
package org.pinion.informer.pinqueue;

import java.time.Duration;
import java.util.Map;
import org.pinion.spi.config.GoDuration;

/**
 * The section {@code informer.pinqueue}.
 *
 * @param metricTtl how long a measurement is valid; more than zero
 * @param weightBucketSize queue lengths in one bucket of this size weigh the same; 0 = no buckets
 */
record PinQueueSettings(Duration metricTtl, long weightBucketSize) {
    private static final Duration DEFAULT_TTL = Duration.ofSeconds(30);

    PinQueueSettings {
        if (metricTtl.isNegative() || metricTtl.isZero()) {
            throw new IllegalArgumentException(
                    "pinqueue.metric_ttl is invalid: " + GoDuration.format(metricTtl) + "; it must be more than 0s");
        }
        if (weightBucketSize < 0) {
            throw new IllegalArgumentException(
                    "pinqueue.WeightBucketSize is invalid: " + weightBucketSize + "; it must be 0 or more");
        }
    }

    /** Reads the component's properties; as in the reference, a missing bucket size means no buckets. */
    static PinQueueSettings of(Map<String, Object> properties) {
        Object ttl = properties.get("metric.ttl");
        Object bucket = properties.get("weight.bucket.size");
        return new PinQueueSettings(
                ttl == null ? DEFAULT_TTL : GoDuration.parse(ttl.toString()),
                bucket == null ? 0 : Long.parseLong(bucket.toString()));
    }
}
