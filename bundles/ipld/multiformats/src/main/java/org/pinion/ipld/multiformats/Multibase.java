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
import org.jspecify.annotations.Nullable;

/**
 * Bytes as text, with a first character that names the base. Stateless; any thread.
 *
 * <p>Bases: {@code 0} base2, {@code 7} base8, {@code 9} base10, {@code f F} base16, {@code b B} base32, {@code c C}
 * base32 padded, {@code v V} base32hex, {@code t T} base32hex padded, {@code h} base32z, {@code k K} base36, {@code z}
 * base58btc, {@code Z} base58flickr, {@code m} base64, {@code M} base64 padded, {@code u} base64url, {@code U} base64url
 * padded, and {@code NUL} identity (Latin-1 characters). Bases with letters of one case read both cases, as the
 * reference does.
 *
 * <p>Specification: multiformats "multibase".
 */
public final class Multibase {
    private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String DIGITS = "0123456789";
    private static final String BASE64 = UPPER + LOWER + DIGITS;

    private static final BitBase BASE2 = new BitBase("01", false);
    private static final BitBase BASE8 = new BitBase("01234567", false);
    private static final BitBase BASE16_LOWER = new BitBase("0123456789abcdef", false);
    private static final BitBase BASE16_UPPER = new BitBase("0123456789ABCDEF", false);
    private static final BitBase BASE32_LOWER = new BitBase(LOWER + "234567", false);
    private static final BitBase BASE32_UPPER = new BitBase(UPPER + "234567", false);
    private static final BitBase BASE32_LOWER_PADDED = new BitBase(LOWER + "234567", true);
    private static final BitBase BASE32_UPPER_PADDED = new BitBase(UPPER + "234567", true);
    private static final BitBase BASE32HEX_LOWER = new BitBase(DIGITS + "abcdefghijklmnopqrstuv", false);
    private static final BitBase BASE32HEX_UPPER = new BitBase(DIGITS + "ABCDEFGHIJKLMNOPQRSTUV", false);
    private static final BitBase BASE32HEX_LOWER_PADDED = new BitBase(DIGITS + "abcdefghijklmnopqrstuv", true);
    private static final BitBase BASE32HEX_UPPER_PADDED = new BitBase(DIGITS + "ABCDEFGHIJKLMNOPQRSTUV", true);
    private static final BitBase BASE32Z = new BitBase("ybndrfg8ejkmcpqxot1uwisza345h769", false);
    private static final BitBase BASE64_STANDARD = new BitBase(BASE64 + "+/", false);
    private static final BitBase BASE64_STANDARD_PADDED = new BitBase(BASE64 + "+/", true);
    private static final BitBase BASE64_URL = new BitBase(BASE64 + "-_", false);
    private static final BitBase BASE64_URL_PADDED = new BitBase(BASE64 + "-_", true);
    private static final NumberBase BASE10 = new NumberBase(DIGITS);
    private static final NumberBase BASE36_LOWER = new NumberBase(DIGITS + LOWER);
    private static final NumberBase BASE36_UPPER = new NumberBase(DIGITS + UPPER);
    private static final NumberBase BASE58_BTC =
            new NumberBase("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
    private static final NumberBase BASE58_FLICKR =
            new NumberBase("123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ");

    private Multibase() {}

    /**
     * Text of {@code data} with {@code prefix} in front.
     *
     * @throws IllegalArgumentException if the prefix names no base, or the data is too long for a number base (8 KiB)
     */
    public static String encode(char prefix, byte[] data) {
        return encode(prefix, data, 0, data.length);
    }

    static String encode(char prefix, byte[] data, int from, int to) {
        if (prefix == 0) {
            return '\0' + new String(data, from, to - from, StandardCharsets.ISO_8859_1);
        }
        BitBase bits = bitBase(prefix);
        return bits != null
                ? bits.encode(prefix, data, from, to)
                : numberBase(prefix).encode(prefix, data, from, to);
    }

    /**
     * Bytes of a prefixed text.
     *
     * @throws IllegalArgumentException if the text is empty, its prefix names no base, or a digit is not of the base
     */
    public static byte[] decode(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("multibase text is empty");
        }
        char prefix = text.charAt(0);
        if (prefix == 0) {
            return latin1(text);
        }
        BitBase bits = bitBase(prefix);
        return bits != null ? bits.decode(text, 1) : numberBase(prefix).decode(text, 1);
    }

    /** Base58btc without a prefix. */
    public static String base58(byte[] data) {
        return BASE58_BTC.encode(-1, data, 0, data.length);
    }

    static String base58(byte[] data, int from, int to) {
        return BASE58_BTC.encode(-1, data, from, to);
    }

    /** Bytes of base58btc text without a prefix. */
    public static byte[] base58(String text) {
        return BASE58_BTC.decode(text, 0);
    }

    /** RFC 4648 base32, upper case, no padding, no prefix: the spelling of datastore keys. */
    public static String base32Upper(byte[] data) {
        return BASE32_UPPER.encode(-1, data, 0, data.length);
    }

    /** Bytes of base32 text (either case) without padding and prefix. */
    public static byte[] base32Upper(String text) {
        return BASE32_UPPER.decode(text, 0);
    }

    static String base32Lower(byte[] data, int from, int to) {
        return BASE32_LOWER.encode(-1, data, from, to);
    }

    private static byte[] latin1(String text) {
        byte[] out = new byte[text.length() - 1];
        for (int i = 0; i < out.length; i++) {
            char c = text.charAt(i + 1);
            if (c > 0xFF) {
                throw new IllegalArgumentException("character '" + c + "' at " + (i + 1) + " is no byte: " + text);
            }
            out[i] = (byte) c;
        }
        return out;
    }

    private static @Nullable BitBase bitBase(char prefix) {
        return switch (prefix) {
            case 'b' -> BASE32_LOWER;
            case 'B' -> BASE32_UPPER;
            case 'f' -> BASE16_LOWER;
            case 'F' -> BASE16_UPPER;
            case 'u' -> BASE64_URL;
            case 'U' -> BASE64_URL_PADDED;
            case 'm' -> BASE64_STANDARD;
            case 'M' -> BASE64_STANDARD_PADDED;
            case 'c' -> BASE32_LOWER_PADDED;
            case 'C' -> BASE32_UPPER_PADDED;
            case 'v' -> BASE32HEX_LOWER;
            case 'V' -> BASE32HEX_UPPER;
            case 't' -> BASE32HEX_LOWER_PADDED;
            case 'T' -> BASE32HEX_UPPER_PADDED;
            case 'h' -> BASE32Z;
            case '0' -> BASE2;
            case '7' -> BASE8;
            default -> null;
        };
    }

    private static NumberBase numberBase(char prefix) {
        return switch (prefix) {
            case 'z' -> BASE58_BTC;
            case 'Z' -> BASE58_FLICKR;
            case 'k' -> BASE36_LOWER;
            case 'K' -> BASE36_UPPER;
            case '9' -> BASE10;
            default ->
                throw new IllegalArgumentException(
                        "character '" + prefix
                                + "' names no multibase encoding; base32 (b), base36 (k), base58btc (z), base16 (f) are common");
        };
    }
}
