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
package org.pinion.spi.informer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** Measures something of this peer. Any thread. */
@ConsumerType
public interface Informer {
    /** Name for logs and listings, for example {@code disk}. */
    String name();

    /** How long a measurement is valid; it is measured every half of it. */
    Duration ttl();

    /** Measures now. What cannot be measured is a reading that is not valid, never a failed future. */
    CompletionStage<List<Reading>> measure();

    /**
     * One measurement; the cluster adds peer and expiry.
     *
     * @param name the metric's name, for example {@code freespace}
     * @param value the value as text
     * @param weight for ordering: more is better
     * @param partitionable whether equal values form a group in allocation
     * @param valid whether it could be measured
     */
    record Reading(String name, String value, long weight, boolean partitionable, boolean valid) {}
}
