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

import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.spi.Pin;

/**
 * Hears of every change of the pin set, after it is durable, in order, on the consensus component's lane: must return
 * at once. Registered as a service; a listener that was away catches up from {@code PinState}.
 */
@ConsumerType
public interface PinsetListener {
    /** A pin was added or changed. */
    void pinned(Pin pin);

    /** A pin was removed; {@code pin} is how it was. */
    void unpinned(Pin pin);
}
