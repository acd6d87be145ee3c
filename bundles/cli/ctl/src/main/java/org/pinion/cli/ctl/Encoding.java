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
package org.pinion.cli.ctl;

import org.jspecify.annotations.Nullable;

/** How answers are printed. */
enum Encoding {
    /** For people, as the reference prints it. */
    TEXT("text"),
    /** For programs. */
    JSON("json"),
    /** Lists as tables. */
    TABLE("table"),
    /** The shapes of the 0.11 era. */
    OLD_JSON("json-v0");

    private final String text;

    Encoding(String text) {
        this.text = text;
    }

    static @Nullable Encoding of(String text) {
        for (Encoding encoding : values()) {
            if (encoding.text.equals(text)) {
                return encoding;
            }
        }
        return null;
    }

    boolean isJson() {
        return this == JSON || this == OLD_JSON;
    }
}
