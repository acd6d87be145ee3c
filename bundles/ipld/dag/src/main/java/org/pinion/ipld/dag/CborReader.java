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
package org.pinion.ipld.dag;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;

/** Reads dag-cbor from an array; every length is checked against what is left before anything is allocated. */
final class CborReader {
    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int LIST = 4;
    static final int MAP = 5;
    static final int TAG = 6;
    static final int SIMPLE = 7;
    static final int LINK_TAG = 42;

    private static final int BREAK = 0xff;
    private static final int INDEFINITE = 31;

    private final byte[] in;
    private int at;
    // the head that was read last
    private int major;
    private int info;
    private long argument;

    CborReader(byte[] in) {
        this.in = in;
    }

    void end() {
        if (at != in.length) {
            throw bad((in.length - at) + " bytes follow the value");
        }
    }

    @Nullable
    Object value(int depth) {
        head(depth);
        return switch (major) {
            case UNSIGNED -> argument >= 0 ? (Object) argument : new BigInteger(Long.toUnsignedString(argument));
            case NEGATIVE -> argument >= 0 ? (Object) ~argument : new BigInteger(Long.toUnsignedString(argument)).not();
            case BYTES -> bytes();
            case TEXT -> text();
            case LIST -> list(depth);
            case MAP -> map(depth);
            case TAG -> link(depth);
            default -> simple();
        };
    }

    /** Passes over one value and collects the links in it. */
    void skip(int depth, List<Cid> links) {
        head(depth);
        switch (major) {
            case UNSIGNED, NEGATIVE -> {}
            case BYTES, TEXT -> skipString();
            case LIST -> {
                for (long left = count(1); more(left); left--) {
                    skip(depth + 1, links);
                }
            }
            case MAP -> {
                for (long left = count(2); more(left); left--) {
                    head(depth + 1);
                    expect(TEXT, "a map key");
                    skipString();
                    skip(depth + 1, links);
                }
            }
            case TAG -> links.add(link(depth));
            default -> simple();
        }
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (long left = count(1); more(left); left--) {
            list.add(value(depth + 1));
        }
        return list;
    }

    private Map<String, @Nullable Object> map(int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (long left = count(2); more(left); left--) {
            head(depth + 1);
            expect(TEXT, "a map key");
            String key = text();
            if (map.containsKey(key)) {
                throw bad("map key \"" + key + "\" is repeated");
            }
            map.put(key, value(depth + 1));
        }
        return map;
    }

    private Cid link(int depth) {
        if (argument != LINK_TAG) {
            throw bad("tag " + Long.toUnsignedString(argument) + " is not allowed");
        }
        head(depth + 1);
        expect(BYTES, "a link");
        byte[] bytes = bytes();
        if (bytes.length < 2 || bytes[0] != 0) {
            throw bad("a link does not begin with 0x00");
        }
        return Cid.ofBytes(Arrays.copyOfRange(bytes, 1, bytes.length));
    }

    private @Nullable Object simple() {
        switch (info) {
            case 20:
                return false;
            case 21:
                return true;
            case 22, 23: // undefined is read as null, as Go does
                return null;
            case 25:
                return finite(half((int) argument));
            case 26:
                return finite(Float.intBitsToFloat((int) argument));
            case 27:
                return finite(Double.longBitsToDouble(argument));
            default:
                throw bad("simple value " + Long.toUnsignedString(argument) + " is not allowed");
        }
    }

    private double finite(double value) {
        if (!Double.isFinite(value)) {
            throw bad("float " + value + " is not allowed");
        }
        return value;
    }

    private static double half(int bits) {
        int exponent = (bits >> 10) & 0x1f;
        int mantissa = bits & 0x3ff;
        double magnitude = exponent == 0
                ? mantissa * 0x1p-24
                : exponent == 31 ? Double.NaN : (mantissa + 1024) * Math.scalb(1.0, exponent - 25);
        return (bits & 0x8000) == 0 ? magnitude : -magnitude;
    }

    private String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    private byte[] bytes() {
        if (info != INDEFINITE) {
            int start = at;
            advance();
            return Arrays.copyOfRange(in, start, at);
        }
        int type = major;
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        while (more(-1)) {
            piece(type);
            int start = at;
            advance();
            whole.write(in, start, at - start);
        }
        return whole.toByteArray();
    }

    private void skipString() {
        if (info != INDEFINITE) {
            advance();
            return;
        }
        int type = major;
        while (more(-1)) {
            piece(type);
            advance();
        }
    }

    private void piece(int type) {
        head(0);
        expect(type, "a piece of a string");
        if (info == INDEFINITE) {
            throw bad("a piece of a string has no length");
        }
    }

    private void advance() {
        if (argument < 0 || argument > in.length - at) {
            throw bad("a string of " + Long.toUnsignedString(argument) + " bytes, " + (in.length - at) + " are left");
        }
        at += (int) argument;
    }

    /** Elements of the list or map whose head was just read; below zero if a break ends it. */
    private long count(int headsPerElement) {
        if (info == INDEFINITE) {
            return Long.MIN_VALUE / 2;
        }
        if (argument < 0 || argument > (in.length - at) / headsPerElement) {
            throw bad(Long.toUnsignedString(argument) + " elements, " + (in.length - at) + " bytes are left");
        }
        return argument;
    }

    private boolean more(long left) {
        if (left >= 0) {
            return left > 0;
        }
        if (at < in.length && (in[at] & 0xff) == BREAK) {
            at++;
            return false;
        }
        return true;
    }

    private void expect(int wanted, String what) {
        if (major != wanted) {
            throw bad(what + " has type " + major);
        }
    }

    private void head(int depth) {
        if (depth > DagCbor.MAX_DEPTH) {
            throw bad("nested deeper than " + DagCbor.MAX_DEPTH);
        }
        int first = octet();
        major = first >> 5;
        info = first & 0x1f;
        argument = info;
        if (info >= 24 && info <= 27) {
            argument = 0;
            for (int left = 1 << (info - 24); left > 0; left--) {
                argument = argument << 8 | octet();
            }
        } else if (info >= 28 && (info != INDEFINITE || major < BYTES || major > MAP)) {
            throw bad("byte 0x" + Integer.toHexString(first) + " starts no value");
        }
    }

    private int octet() {
        if (at >= in.length) {
            throw bad("it ends too early");
        }
        return in[at++] & 0xff;
    }

    private IllegalArgumentException bad(String what) {
        return new IllegalArgumentException("bad dag-cbor at byte " + at + ": " + what);
    }
}
