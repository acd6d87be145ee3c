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
package org.pinion.config;

import java.time.Duration;
import java.util.List;

/** Which components there are, and when they come and go. */
interface Presence {
    /** Every PID that an installed component takes its configuration from, sorted. */
    List<String> pids();

    /**
     * Waits until the component of a section is there and works, and holds it until it is closed.
     *
     * @throws org.pinion.spi.ClusterException {@code UNAVAILABLE} with the reason if it is not within {@code limit}
     */
    Held come(ActiveSection section, Duration limit);

    /** Waits until the services of a section are gone; false if they are still there after {@code limit}. */
    boolean gone(ActiveSection section, Duration limit);

    /** A component that stays alive while it is held. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }
}
