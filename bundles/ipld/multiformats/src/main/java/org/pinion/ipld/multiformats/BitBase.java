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
package org.pinion.ipld.multiformats;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** A base whose digits stand for whole bits (2, 8, 16, 32, 64), most significant bit first, as in RFC 4648. */
final class BitBase {
    private final byte[] alphabet;
    private final byte[] values;
    private final int bits;
    private final boolean padded;
    private final int charsPerGroup;

    BitBase(String alphabet, boolean padded) {
        this.alphabet = alphabet.getBytes(StandardCharsets.US_ASCII);
        this.values = values(alphabet);
        this.bits = Integer.numberOfTrailingZeros(alphabet.length());
        this.padded = padded;
        this.charsPerGroup = bits == 6 ? 4 : 8;
    }

    /** Value of each digit, -1 for other characters. Both cases are digits if the alphabet has letters of one case only. */
    static byte[] values(String alphabet) {
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) -1);
        boolean mixed = !alphabet.equals(alphabet.toLowerCase(Locale.ROOT))
                && !alphabet.equals(alphabet.toUpperCase(Locale.ROOT));
        for (int i = 0; i < alphabet.length(); i++) {
            char c = alphabet.charAt(i);
            if (!mixed) {
                values[Character.toLowerCase(c)] = (byte) i;
                values[Character.toUpperCase(c)] = (byte) i;
            }
            values[c] = (byte) i;
        }
        return values;
    }

    /** Digits of {@code data}; {@code prefix} goes in front unless it is negative. */
    @SuppressWarnings("deprecation") // ASCII only, so the high byte is known: saves a decoding pass
    String encode(int prefix, byte[] data, int from, int to) {
        int start = prefix < 0 ? 0 : 1;
        int digits = (int) (((to - from) * 8L + bits - 1) / bits);
        int total = padded ? (digits + charsPerGroup - 1) / charsPerGroup * charsPerGroup : digits;
        byte[] out = new byte[start + total];
        if (start == 1) {
            out[0] = (byte) prefix;
        }
        int at = start;
        int held = 0;
        int heldBits = 0;
        int mask = alphabet.length - 1;
        for (int i = from; i < to; i++) {
            held = (held << 8) | (data[i] & 0xFF);
            heldBits += 8;
            while (heldBits >= bits) {
                heldBits -= bits;
                out[at++] = alphabet[(held >>> heldBits) & mask];
            }
        }
        if (heldBits > 0) {
            out[at++] = alphabet[(held << (bits - heldBits)) & mask];
        }
        Arrays.fill(out, at, out.length, (byte) '=');
        return new String(out, 0, 0, out.length);
    }

    /** Bytes of the digits from {@code start} on. Unused low bits of the last digit are ignored, as Go does. */
    byte[] decode(String text, int start) {
        int end = padded ? withoutPadding(text, start) : text.length();
        int digits = end - start;
        byte[] out = new byte[(int) ((long) digits * bits / 8)];
        int at = 0;
        int held = 0;
        int heldBits = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            int value = c < 128 ? values[c] : -1;
            if (value < 0) {
                throw new IllegalArgumentException(
                        "character '" + c + "' at " + i + " is no base" + alphabet.length + " digit: " + text);
            }
            held = (held << bits) | value;
            heldBits += bits;
            if (heldBits >= 8) {
                heldBits -= 8;
                out[at++] = (byte) (held >>> heldBits);
            }
        }
        if (heldBits >= bits) {
            throw new IllegalArgumentException(
                    digits + " digits are no whole number of base" + alphabet.length + " bytes: " + text);
        }
        return out;
    }

    private int withoutPadding(String text, int start) {
        if ((text.length() - start) % charsPerGroup != 0) {
            throw new IllegalArgumentException(
                    "padded base" + alphabet.length + " text is no multiple of " + charsPerGroup + " digits: " + text);
        }
        int end = text.length();
        while (end > start && text.length() - end < charsPerGroup && text.charAt(end - 1) == '=') {
            end--;
        }
        return end;
    }
}
