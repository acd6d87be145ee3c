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
package org.pinion.spi.state;

import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.spi.Pin;

/**
 * The protobuf form of a pin, as it stands in CRDT deltas, in the state and in snapshots.
 *
 * @spec cluster wire "Pin protobuf"
 */
@ConsumerType
public interface PinCodec {
    /** The bytes, equal to those the reference writes. */
    byte[] encode(Pin pin);

    /**
     * Reads a pin.
     *
     * @throws IllegalArgumentException if the bytes are no pin, with the reason
     */
    Pin decode(byte[] bytes);
}
