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
package org.pinion.libp2p.host.swarm;

import java.nio.ByteBuffer;
import org.pinion.libp2p.api.Stream;

/**
 * A stream over a relay that is about to become a connection.
 *
 * @param stream to the relay; what is written comes out at the peer
 * @param leftover bytes of the peer that were received already
 * @param limited true if the relay bounds its time or bytes
 * @spec libp2p "circuit relay v2"
 */
public record Circuit(Stream stream, ByteBuffer leftover, boolean limited) {}
