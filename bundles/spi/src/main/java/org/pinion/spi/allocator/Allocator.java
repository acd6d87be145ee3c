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
package org.pinion.spi.allocator;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.PeerId;

/** Ranks peers for a pin. Pure: no I/O, never blocks, any thread. */
@ConsumerType
public interface Allocator {
    /** Names of the metrics it needs of each peer, in order of importance. */
    List<String> metrics();

    /** The peers of the request, best first: the preferred ones before the others. */
    List<PeerId> allocate(AllocationRequest request);
}
