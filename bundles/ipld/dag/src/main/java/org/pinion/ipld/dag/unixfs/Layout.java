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
package org.pinion.ipld.dag.unixfs;

import java.util.Locale;

/** How the leaves of a file are put together. */
public enum Layout {
    /** All leaves at the same depth. */
    BALANCED,
    /** Leaves close to the root first, then ever deeper subtrees: good for reading in order. */
    TRICKLE;

    /**
     * Parses the name in a request; empty means balanced.
     *
     * @throws IllegalArgumentException if it is another word
     */
    public static Layout parse(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "", "balanced" -> BALANCED;
            case "trickle" -> TRICKLE;
            default -> throw new IllegalArgumentException("layout parameter is invalid");
        };
    }
}
