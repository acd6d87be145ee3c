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
package org.pinion.pintracker.common;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.config.GoDuration;

/**
 * The checked section of a tracker.
 *
 * @param maxPinQueueSize operations that wait in each of the three queues at most
 * @param concurrentPins pins that run at once
 * @param priorityPinMaxAge pins older than this go behind younger ones
 * @param priorityPinMaxRetries pins that were tried more often go behind the others
 */
public record TrackerSettings(
        int maxPinQueueSize, int concurrentPins, Duration priorityPinMaxAge, int priorityPinMaxRetries) {
    /** The values of a section without keys. */
    public static final TrackerSettings DEFAULT = new TrackerSettings(1_000_000, 10, Duration.ofHours(24), 5);
    /** More pins at once do not make an IPFS node faster; bounds what waits in the tracker's lane. */
    public static final int MOST_CONCURRENT_PINS = 10_000;

    /** Checks the values; the component names its section when it refuses them. */
    public TrackerSettings {
        check(maxPinQueueSize > 0, "max_pin_queue_size too low", maxPinQueueSize);
        check(concurrentPins > 0, "concurrent_pins is too low", concurrentPins);
        check(
                concurrentPins <= MOST_CONCURRENT_PINS,
                "concurrent_pins is above " + MOST_CONCURRENT_PINS,
                concurrentPins);
        check(!priorityPinMaxAge.isNegative() && !priorityPinMaxAge.isZero(), "priority_pin_max_age is too low", 0);
        check(priorityPinMaxRetries > 0, "priority_pin_max_retries is too low", priorityPinMaxRetries);
    }

    /**
     * Reads a component's properties; what is missing or 0 gets its default, as in the reference.
     *
     * @param section the section's name in messages, for example {@code maptracker}
     */
    public static TrackerSettings of(Map<String, Object> properties, String section) {
        try {
            return read(properties);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(section + "." + e.getMessage(), e);
        }
    }

    private static TrackerSettings read(Map<String, Object> properties) {
        Object age = properties.get("priority.pin.max.age");
        return new TrackerSettings(
                number(properties.get("max.pin.queue.size"), DEFAULT.maxPinQueueSize),
                number(properties.get("concurrent.pins"), DEFAULT.concurrentPins),
                age == null ? DEFAULT.priorityPinMaxAge : GoDuration.parse(age.toString()),
                number(properties.get("priority.pin.max.retries"), DEFAULT.priorityPinMaxRetries));
    }

    private static int number(@Nullable Object value, int missing) {
        int number = value == null ? 0 : Integer.parseInt(value.toString());
        return number == 0 ? missing : number;
    }

    private static void check(boolean fine, String what, int value) {
        if (!fine) {
            throw new IllegalArgumentException(what + ": " + value);
        }
    }
}
