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
package org.pinion.client;

import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;

/**
 * A part of a list that is in the order of its CIDs. A page that is shorter than its limit is the last one.
 *
 * @param after the list begins behind this CID, which need not be there any more; null = at its start
 * @param limit how many at most, up to 1,000,000; 0 = all
 */
public record Page(@Nullable Cid after, int limit) {
    /** Everything. */
    public static final Page ALL = new Page(null, 0);

    private static final int MAX_LIMIT = 1_000_000;

    /** Checks the limit. */
    public Page {
        if (limit < 0 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("page limit must be 0 to " + MAX_LIMIT + ": " + limit);
        }
    }

    /** The first items. */
    public static Page first(int limit) {
        return new Page(null, limit);
    }

    /** As many items behind this one, the last of the page before. */
    public Page behind(Cid last) {
        return new Page(last, limit);
    }
}
