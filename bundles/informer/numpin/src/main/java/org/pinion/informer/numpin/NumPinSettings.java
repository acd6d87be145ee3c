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
package org.pinion.informer.numpin;

import java.time.Duration;
import java.util.Map;
import org.pinion.spi.config.GoDuration;

/**
 * The section {@code informer.numpin}.
 *
 * @param metricTtl how long a measurement is valid; more than zero
 */
record NumPinSettings(Duration metricTtl) {
    static final NumPinSettings DEFAULT = new NumPinSettings(Duration.ofSeconds(10));

    NumPinSettings {
        if (metricTtl.isNegative() || metricTtl.isZero()) {
            throw new IllegalArgumentException(
                    "numpin.metric_ttl is invalid: " + GoDuration.format(metricTtl) + "; it must be more than 0s");
        }
    }

    /** Reads the component's properties; missing ones get the reference's defaults. */
    static NumPinSettings of(Map<String, Object> properties) {
        Object ttl = properties.get("metric.ttl");
        return ttl == null ? DEFAULT : new NumPinSettings(GoDuration.parse(ttl.toString()));
    }
}
