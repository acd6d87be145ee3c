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

/**
 * A base that reads the bytes as one big number (10, 36, 58); leading zero bytes become leading zero digits. Works on
 * 32-bit words and several digits at a time, so a CID takes about a hundred machine divisions and no big integers.
 */
final class NumberBase {
    /** The work grows with the square of the length; nothing that is written in these bases comes near this. */
    private static final int MAX_LENGTH = 8192;

    private static final long WORD = 0xFFFF_FFFFL;

    private final byte[] alphabet;
    private final byte[] values;
    private final int base;
    private final int chunkDigits;
    private final int chunk;
    private final double bitsPerDigit;

    NumberBase(String alphabet) {
        this.alphabet = alphabet.getBytes(StandardCharsets.US_ASCII);
        this.values = BitBase.values(alphabet);
        this.base = this.alphabet.length;
        this.bitsPerDigit = Math.log(base) / Math.log(2);
        int digits = 0;
        long power = 1;
        while (power * base < 1L << 31) {
            power *= base;
            digits++;
        }
        this.chunkDigits = digits;
        this.chunk = (int) power;
    }

    /** Digits of {@code data}; {@code prefix} goes in front unless it is negative. */
    @SuppressWarnings("deprecation") // ASCII only, so the high byte is known: saves a decoding pass
    String encode(int prefix, byte[] data, int from, int to) {
        checkLength(to - from);
        int zeros = 0;
        while (from + zeros < to && data[from + zeros] == 0) {
            zeros++;
        }
        int[] words = words(data, from + zeros, to);
        byte[] out = new byte[1 + zeros + (int) ((to - from - zeros) * 8 / bitsPerDigit) + 1 + chunkDigits];
        int at = out.length;
        int first = 0;
        while (first < words.length) {
            int rest = divide(words, first);
            while (first < words.length && words[first] == 0) {
                first++;
            }
            // inner groups have all their digits, the leading one only those it needs
            for (int i = 0; i < chunkDigits && (first < words.length || rest != 0); i++) {
                out[--at] = alphabet[rest % base];
                rest /= base;
            }
        }
        for (int i = 0; i < zeros; i++) {
            out[--at] = alphabet[0];
        }
        if (prefix >= 0) {
            out[--at] = (byte) prefix;
        }
        return new String(out, 0, at, out.length - at);
    }

    /** Bytes of the digits from {@code start} on. */
    byte[] decode(String text, int start) {
        int length = text.length() - start;
        checkLength(length);
        int zeros = 0;
        while (zeros < length && text.charAt(start + zeros) == alphabet[0]) {
            zeros++;
        }
        int[] words = new int[(int) ((length - zeros) * bitsPerDigit / 32) + 2]; // least significant first
        int used = 0;
        int at = start + zeros;
        while (at < text.length()) {
            int end = Math.min(text.length(), at + chunkDigits);
            int value = 0;
            int factor = 1;
            for (; at < end; at++) {
                value = value * base + digit(text, at);
                factor *= base;
            }
            used = multiplyAndAdd(words, used, factor, value);
        }
        return bytes(words, used, zeros);
    }

    private int digit(String text, int at) {
        char c = text.charAt(at);
        int value = c < 128 ? values[c] : -1;
        if (value < 0) {
            throw new IllegalArgumentException(
                    "character '" + c + "' at " + at + " is no base" + base + " digit: " + text);
        }
        return value;
    }

    private static int[] words(byte[] data, int from, int to) {
        int[] words = new int[(to - from + 3) / 4]; // most significant first
        for (int i = to - 1, shift = 0, word = words.length - 1; i >= from; i--) {
            words[word] |= (data[i] & 0xFF) << shift;
            shift += 8;
            if (shift == 32) {
                shift = 0;
                word--;
            }
        }
        return words;
    }

    private int divide(int[] words, int first) {
        long rest = 0;
        for (int i = first; i < words.length; i++) {
            long value = (rest << 32) | (words[i] & WORD);
            words[i] = (int) (value / chunk);
            rest = value % chunk;
        }
        return (int) rest;
    }

    private static int multiplyAndAdd(int[] words, int used, int factor, int value) {
        long carry = value;
        for (int i = 0; i < used; i++) {
            long product = (words[i] & WORD) * factor + carry;
            words[i] = (int) product;
            carry = product >>> 32;
        }
        if (carry == 0) {
            return used;
        }
        words[used] = (int) carry;
        return used + 1;
    }

    private static byte[] bytes(int[] words, int used, int zeros) {
        int significant = used == 0 ? 0 : used * 4 - Integer.numberOfLeadingZeros(words[used - 1]) / 8;
        byte[] out = new byte[zeros + significant];
        for (int i = 0; i < significant; i++) {
            out[out.length - 1 - i] = (byte) (words[i >> 2] >>> ((i & 3) * 8));
        }
        return out;
    }

    private void checkLength(int length) {
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "base" + base + " text of length " + length + ", limit " + MAX_LENGTH + "; use base32 or base64");
        }
    }
}
