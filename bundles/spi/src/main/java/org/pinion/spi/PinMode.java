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

/** How much of a DAG a pin holds. */
public enum PinMode {
    /** The whole DAG; depth -1. */
    RECURSIVE("recursive", -1),
    /** The root block only; depth 0. */
    DIRECT("direct", 0);

    private final String text;
    private final int depth;

    PinMode(String text, int depth) {
        this.text = text;
        this.depth = depth;
    }

    /** The text in JSON and queries. */
    public String text() {
        return text;
    }

    /** The depth that stands for this mode: -1 recursive, 0 direct. */
    public int depth() {
        return depth;
    }

    /** The mode of a depth: 0 is direct, everything else recursive, as in the reference. */
    public static PinMode ofDepth(int depth) {
        return depth == 0 ? DIRECT : RECURSIVE;
    }

    /** The mode with that text; unknown texts mean recursive, as in the reference. */
    public static PinMode ofText(String text) {
        return "direct".equals(text) ? DIRECT : RECURSIVE;
    }
}
