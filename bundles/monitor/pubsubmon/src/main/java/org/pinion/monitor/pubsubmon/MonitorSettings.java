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

import java.time.Duration;
import java.util.Map;
import org.pinion.spi.config.GoDuration;

/**
 * The checked section {@code monitor.pubsubmon}.
 *
 * @param checkInterval time between two looks for expired metrics
 */
record MonitorSettings(Duration checkInterval) {
    MonitorSettings {
        if (checkInterval.isNegative() || checkInterval.isZero()) {
            throw new IllegalArgumentException("pubsubmon.check_interval too low: " + GoDuration.format(checkInterval)
                    + "; it must be more than 0s");
        }
    }

    /** Reads the component's properties; as in the reference there is no default. */
    static MonitorSettings of(Map<String, Object> properties) {
        Object interval = properties.get("check.interval");
        return new MonitorSettings(interval == null ? Duration.ZERO : GoDuration.parse(interval.toString()));
    }
}
