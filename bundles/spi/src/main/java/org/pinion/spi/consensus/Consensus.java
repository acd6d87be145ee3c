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
package org.pinion.spi.consensus;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Pin;

/**
 * Agreement on the pin set. A completed {@link #logPin} or {@link #logUnpin} is on this peer's disk and readable in its
 * {@code PinState}. Safe for any thread; completions may run on any thread and must not block.
 */
@ConsumerType
public interface Consensus {
    /** Adds or changes a pin. */
    CompletionStage<Void> logPin(Pin pin);

    /** Removes a pin. */
    CompletionStage<Void> logUnpin(Pin pin);

    /** The members as this component sees them, itself included, sorted by id. */
    List<PeerId> peers();

    /** The leader, where there is such a thing. */
    Optional<PeerId> leader();

    /** Completes when the component takes part in the cluster; fails when it cannot. */
    CompletionStage<Void> ready();
}
