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
package org.pinion.api.restapi;

import java.util.List;
import java.util.Optional;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Bandwidth;
import org.pinion.spi.cluster.Components.Row;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.pintracker.PinReconciler;
import org.pinion.spi.state.PinIndexes;

/**
 * What the routes call, looked up for every request because it may be swapped at any time. Each method fails with
 * {@code UNAVAILABLE} and the component's name while there is none.
 */
interface Components {
    Pinset pinset();

    PinStatuses statuses();

    Peers peers();

    Health health();

    Adder adder();

    PinIndexes indexes();

    PinReconciler reconciler();

    /** Every implementation of the peer, or nothing while what lists them is away. */
    List<Row> rows();

    /** Empty while nothing counts the traffic. */
    Optional<Bandwidth> bandwidth();
}
