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

import java.util.Arrays;

/**
 * IP addresses as text, without the resolver: strict on reading (no leading zeros in IPv4, no zone), RFC 5952 on writing
 * except that an IPv4-mapped address is always written with its dotted part, as Go does.
 */
final class IpText {
    private static final int GROUPS = 8;

    private IpText() {}

    static byte[] parse4(String text) {
        byte[] out = new byte[4];
        if (!dotted(text, 0, out, 0)) {
            throw new IllegalArgumentException("\"" + text + "\" is no IPv4 address");
        }
        return out;
    }

    static byte[] parse6(String text) {
        byte[] out = new byte[16];
        if (!groups(text, out)) {
            throw new IllegalArgumentException("\"" + text + "\" is no IPv6 address");
        }
        return out;
    }

    static String format4(byte[] bytes) {
        return dotted(bytes, 0);
    }

    static String format6(byte[] bytes) {
        if (isMapped(bytes)) {
            return "::ffff:" + dotted(bytes, 12);
        }
        int zeroStart = -1;
        int zeroLength = 1; // a single zero group is written out
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && group(bytes, end) == 0) {
                end++;
            }
            if (end - i > zeroLength) {
                zeroStart = i;
                zeroLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        StringBuilder out = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == zeroStart) {
                out.append("::");
                i += zeroLength - 1;
                continue;
            }
            if (i > 0 && i != zeroStart + zeroLength || i > 0 && zeroStart < 0) {
                out.append(':');
            }
            out.append(Integer.toHexString(group(bytes, i)));
        }
        return out.toString();
    }

    private static String dotted(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) + "." + (bytes[at + 1] & 0xFF) + "." + (bytes[at + 2] & 0xFF) + "."
                + (bytes[at + 3] & 0xFF);
    }

    private static int group(byte[] bytes, int index) {
        return (bytes[2 * index] & 0xFF) << 8 | (bytes[2 * index + 1] & 0xFF);
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < 5; i++) {
            if (group(bytes, i) != 0) {
                return false;
            }
        }
        return group(bytes, 5) == 0xFFFF;
    }

    /** Reads four decimal numbers from {@code from} to the end of the text. */
    private static boolean dotted(String text, int from, byte[] out, int at) {
        int part = 0;
        int value = -1;
        for (int i = from; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '.';
            if (c == '.') {
                if (value < 0 || part == 4) {
                    return false;
                }
                out[at + part++] = (byte) value;
                value = -1;
            } else {
                if (c < '0' || c > '9' || value == 0) {
                    return false;
                }
                value = Math.max(value, 0) * 10 + c - '0';
                if (value > 255) {
                    return false;
                }
            }
        }
        return part == 4;
    }

    private static boolean groups(String text, byte[] out) {
        int ellipsis = -1;
        int at = 0;
        int i = 0;
        if (text.startsWith("::")) {
            ellipsis = 0;
            i = 2;
        }
        while (i < text.length()) {
            int end = i;
            while (end < text.length() && Character.digit(text.charAt(end), 16) >= 0 && text.charAt(end) < 128) {
                end++;
            }
            if (end < text.length() && text.charAt(end) == '.') {
                if (at > 12 || ellipsis < 0 && at != 12 || !dotted(text, i, out, at)) {
                    return false;
                }
                at += 4;
                break;
            }
            if (end == i || end - i > 4 || at == 16) {
                return false;
            }
            int value = Integer.parseInt(text, i, end, 16);
            out[at++] = (byte) (value >> 8);
            out[at++] = (byte) value;
            if (end == text.length()) {
                break;
            }
            if (text.charAt(end) != ':' || end + 1 == text.length()) {
                return false;
            }
            i = end + 1;
            if (text.charAt(i) == ':') {
                if (ellipsis >= 0) {
                    return false;
                }
                ellipsis = at;
                i++;
            }
        }
        return expand(out, ellipsis, at);
    }

    /** Moves what came after the double colon to the end; it stands for one group of zeros at least. */
    private static boolean expand(byte[] out, int ellipsis, int used) {
        if (ellipsis < 0 || used == 16) {
            return ellipsis < 0 && used == 16;
        }
        int tail = used - ellipsis;
        System.arraycopy(out, ellipsis, out, 16 - tail, tail);
        Arrays.fill(out, ellipsis, 16 - tail, (byte) 0);
        return true;
    }
}
