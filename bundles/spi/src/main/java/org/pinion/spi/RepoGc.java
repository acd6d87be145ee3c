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
package org.pinion.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Result of a garbage collection on one peer's IPFS node.
 *
 * @param peer the peer
 * @param peername its configured name
 * @param keys what was removed, or failed to be
 * @param error why nothing could be done, else empty
 */
public record RepoGc(PeerId peer, String peername, List<Removed> keys, String error) {
    /** Copies the keys. */
    public RepoGc {
        keys = List.copyOf(keys);
    }

    /**
     * One block.
     *
     * @param cid the removed block; null when only an error is known
     * @param error why it could not be removed, else empty
     */
    public record Removed(@Nullable Cid cid, String error) {}
}
