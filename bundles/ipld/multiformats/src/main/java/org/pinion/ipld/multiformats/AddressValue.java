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

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** How the value of a multiaddr part is written as text and as bytes. Both directions check the value. */
enum AddressValue {
    NONE(0),
    IP4(4),
    IP6(16),
    PORT(2),
    PREFIX_LENGTH(1),
    MEMORY(8),
    ONION(12),
    ONION3(37),
    TEXT(-1),
    PATH(-1),
    PEER_ID(-1),
    CERT_HASH(-1),
    GARLIC32(-1),
    GARLIC64(-1),
    HTTP_PATH(-1);

    private static final int GARLIC64_MIN_BYTES = 386;
    private static final int ONION_BYTES = 10;
    private static final int ONION3_BYTES = 35;

    private final int size;

    AddressValue(int size) {
        this.size = size;
    }

    /** Bytes in the binary form, or -1 where a varint length comes first. */
    int size() {
        return size;
    }

    byte[] toBytes(String text) {
        return switch (this) {
            case NONE -> new byte[0];
            case IP4 -> IpText.parse4(text);
            case IP6 -> IpText.parse6(text);
            case PORT -> number(text, 0xFFFF, 2);
            case PREFIX_LENGTH -> number(text, 0xFF, 1);
            case MEMORY ->
                ByteBuffer.allocate(8).putLong(Long.parseUnsignedLong(text)).array();
            case ONION -> onion(text, ONION_BYTES);
            case ONION3 -> onion(text, ONION3_BYTES);
            case TEXT -> checkedName(text).getBytes(StandardCharsets.UTF_8);
            case PATH -> text.getBytes(StandardCharsets.UTF_8);
            case PEER_ID -> PeerId.parse(text).bytes();
            case CERT_HASH -> Multihash.ofBytes(Multibase.decode(text)).bytes();
            case GARLIC32 -> checkedGarlic32(Multibase.decode('b' + text));
            case GARLIC64 ->
                checkedGarlic64(Multibase.decode('M' + text.replace('-', '+').replace('~', '/')));
            case HTTP_PATH ->
                checkedHttpPath(URLDecoder.decode(text, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        };
    }

    String toText(byte[] bytes) {
        return switch (this) {
            case NONE -> "";
            case IP4 -> IpText.format4(bytes);
            case IP6 -> IpText.format6(bytes);
            case PORT -> Integer.toString(port(bytes, 0));
            case PREFIX_LENGTH -> Integer.toString(bytes[0] & 0xFF);
            case MEMORY -> Long.toUnsignedString(ByteBuffer.wrap(bytes).getLong());
            case ONION -> Multibase.base32Lower(bytes, 0, ONION_BYTES) + ':' + port(bytes, ONION_BYTES);
            case ONION3 -> Multibase.base32Lower(bytes, 0, ONION3_BYTES) + ':' + port(bytes, ONION3_BYTES);
            case TEXT -> checkedName(new String(bytes, StandardCharsets.UTF_8));
            case PATH -> new String(bytes, StandardCharsets.UTF_8);
            case PEER_ID -> PeerId.ofBytes(bytes).toString();
            case CERT_HASH -> Multibase.encode('u', Multihash.ofBytes(bytes).bytes());
            case GARLIC32 -> Multibase.base32Lower(checkedGarlic32(bytes), 0, bytes.length);
            case GARLIC64 ->
                Multibase.encode('M', checkedGarlic64(bytes))
                        .substring(1)
                        .replace('+', '-')
                        .replace('/', '~');
            case HTTP_PATH -> queryEscaped(checkedHttpPath(new String(bytes, StandardCharsets.UTF_8)));
        };
    }

    private static byte[] number(String text, int max, int bytes) {
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new IllegalArgumentException("\"" + text + "\" is no number");
            }
            value = value * 10 + c - '0';
            if (value > max) {
                throw new IllegalArgumentException(text + " is above " + max);
            }
        }
        return bytes == 1 ? new byte[] {(byte) value} : new byte[] {(byte) (value >> 8), (byte) value};
    }

    private static int port(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
    }

    private static byte[] onion(String text, int addressBytes) {
        int colon = text.indexOf(':');
        byte[] address = colon < 0
                ? new byte[0]
                : Multibase.decode('b' + text.substring(0, colon).toLowerCase(Locale.ROOT));
        if (address.length != addressBytes || colon == text.length() - 1) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not " + addressBytes + " bytes of base32, a colon and a port");
        }
        byte[] port = number(text.substring(colon + 1), 0xFFFF, 2);
        if (port(port, 0) == 0) {
            throw new IllegalArgumentException("port of an onion address must not be 0");
        }
        return ByteBuffer.allocate(addressBytes + 2).put(address).put(port).array();
    }

    private static String checkedName(String name) {
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("name \"" + name + "\" is empty or has a slash");
        }
        return name;
    }

    private static byte[] checkedGarlic32(byte[] address) {
        if (address.length < 35 && address.length != 32) {
            throw new IllegalArgumentException(
                    "garlic32 address has " + address.length + " bytes, expected 32 or at least 35");
        }
        return address;
    }

    private static byte[] checkedGarlic64(byte[] address) {
        if (address.length < GARLIC64_MIN_BYTES) {
            throw new IllegalArgumentException(
                    "garlic64 address has " + address.length + " bytes, expected at least " + GARLIC64_MIN_BYTES);
        }
        return address;
    }

    private static String checkedHttpPath(String path) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("HTTP path is empty");
        }
        return path;
    }

    /** The JDK leaves * as it is and escapes ~; query escaping elsewhere does the opposite. */
    private static String queryEscaped(String path) {
        return URLEncoder.encode(path, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
