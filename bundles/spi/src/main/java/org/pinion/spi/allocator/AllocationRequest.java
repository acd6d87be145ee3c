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
import java.util.Map;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Metric;

/**
 * Peers to rank. Every peer in it has exactly one metric for each of {@link Allocator#metrics()}.
 *
 * @param cid the content
 * @param preferred peers that the user asked for, with their metrics by name
 * @param candidates the other peers, with their metrics by name
 * @param current peers that hold it already
 */
public record AllocationRequest(
        Cid cid,
        Map<PeerId, Map<String, Metric>> preferred,
        Map<PeerId, Map<String, Metric>> candidates,
        List<PeerId> current) {
    /** Copies the collections. */
    public AllocationRequest {
        preferred = Map.copyOf(preferred);
        candidates = Map.copyOf(candidates);
        current = List.copyOf(current);
    }
}
