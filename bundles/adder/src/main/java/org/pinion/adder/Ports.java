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
package org.pinion.adder;

import java.util.List;
import java.util.function.Function;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Pin;
import org.pinion.spi.PinType;

/**
 * What a session needs from the peer it runs on; all of them block.
 *
 * @param self this peer
 * @param router says where blocks go, when the first one of that CID comes
 * @param opener starts to send to a peer
 * @param pinner pins
 * @param known the type of the pin that a CID has, {@link PinType#BAD} when there is none
 */
record Ports(
        PeerId self,
        Function<Cid, Route> router,
        Function<PeerId, Destination> opener,
        Pinner pinner,
        Function<Cid, PinType> known) {
    /**
     * Where blocks go.
     *
     * @param allocations peers that will hold the pin
     * @param targets peers that get every block
     */
    record Route(List<PeerId> allocations, List<PeerId> targets) {
        Route {
            allocations = List.copyOf(allocations);
            targets = List.copyOf(targets);
        }
    }

    /** Pins. */
    @FunctionalInterface
    interface Pinner {
        /** Returns when the pin is durable. */
        void pin(Pin pin);
    }
}
