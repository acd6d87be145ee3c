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
package org.pinion.config;

import java.util.Locale;

/** The cluster's secret as hex. */
final class SecretText {
    static final int BYTES = 32;
    /** Start of the reference's message about a secret in file or environment. */
    static final String CONFIG = "error loading cluster secret from config: ";

    private SecretText() {}

    /**
     * Reads a secret; nothing of it gets into the message.
     *
     * @return 32 bytes, or none for an empty text
     * @throws IllegalArgumentException with the reference's text if it is no hex of 32 bytes
     */
    static byte[] decode(String text) {
        int length = text.codePointCount(0, text.length());
        byte[] secret = new byte[length / 2];
        int at = 0;
        for (int i = 0; i < length; i++) {
            int rune = text.codePointAt(at);
            int digit = rune < 128 ? Character.digit(rune, 16) : -1;
            if (digit < 0) {
                throw new IllegalArgumentException("encoding/hex: invalid byte: "
                        + String.format(Locale.ROOT, "U+%04X", rune) + " '" + Character.toString(rune) + "'");
            }
            if (i / 2 < secret.length) {
                secret[i / 2] = (byte) (secret[i / 2] << 4 | digit);
            }
            at += Character.charCount(rune);
        }
        if (length % 2 != 0) {
            throw new IllegalArgumentException("encoding/hex: odd length hex string");
        }
        if (secret.length != 0 && secret.length != BYTES) {
            throw new IllegalArgumentException(
                    "input secret is " + secret.length + " bytes, cluster secret should be " + BYTES);
        }
        return secret;
    }
}
