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
package org.pinion.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One item of {@code NO_PROXY}: {@code *}, an address, a range of addresses, or a name for itself and what is below it;
 * with a dot in front only for what is below it. A port may stand behind all but ranges.
 *
 * @param name a name, for itself; empty = none
 * @param below the end of names that match; empty = none
 * @param network the first address of a range; null = none
 * @param bits how many of its bits count
 * @param port the only port; 0 = any
 * @param all whether everything matches
 */
record NoProxy(String name, String below, byte @Nullable [] network, int bits, int port, boolean all) {
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f.]*:[0-9a-f:.]*");

    /** Reads an item, in lower case; one that cannot be read matches nothing but itself. */
    static NoProxy of(String item) {
        if (item.equals("*")) {
            return new NoProxy("", "", null, 0, 0, true);
        }
        int slash = item.indexOf('/');
        byte[] range = slash < 0 ? null : address(item.substring(0, slash));
        if (range != null && item.substring(slash + 1).matches("[0-9]{1,3}")) {
            int bits = Integer.parseInt(item.substring(slash + 1));
            return new NoProxy("", "", range, Math.min(bits, range.length * 8), 0, false);
        }
        String host = item;
        int port = 0;
        int colon = item.lastIndexOf(':');
        if (address(item) == null && colon > 0 && item.substring(colon + 1).matches("[0-9]{1,5}")) {
            port = Integer.parseInt(item.substring(colon + 1));
            host = item.substring(0, colon);
        }
        host = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        byte[] single = address(host);
        if (single != null) {
            return new NoProxy("", "", single, single.length * 8, port, false);
        }
        String end = host.startsWith("*.") ? host.substring(1) : host;
        return end.startsWith(".")
                ? new NoProxy("", end, null, 0, port, false)
                : new NoProxy(end, "." + end, null, 0, port, false);
    }

    /** Whether a connection to a name or address, in lower case, has to be direct. */
    boolean matches(String host, int toPort) {
        if (all) {
            return true;
        }
        if (port != 0 && port != toPort) {
            return false;
        }
        byte[] first = network;
        if (first != null) {
            byte[] address = address(host);
            return address != null && address.length == first.length && sameBits(first, address);
        }
        return host.equals(name) || host.endsWith(below);
    }

    private boolean sameBits(byte[] left, byte[] right) {
        int whole = bits / 8;
        int mask = 0xff00 >> (bits % 8) & 0xff;
        return Arrays.equals(left, 0, whole, right, 0, whole)
                && (mask == 0 || (left[whole] & mask) == (right[whole] & mask));
    }

    static boolean isLoopback(String host) {
        byte[] address = address(host);
        try {
            return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The bytes of an address; null if the text is a name, which is not looked up. */
    private static byte @Nullable [] address(String text) {
        try {
            return ADDRESS.matcher(text).matches() ? InetAddress.getByName(text).getAddress() : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NoProxy that
                && name.equals(that.name)
                && below.equals(that.below)
                && Arrays.equals(network, that.network)
                && bits == that.bits
                && port == that.port
                && all == that.all;
    }

    @Override
    public int hashCode() {
        return name.hashCode() + 31 * below.hashCode() + Arrays.hashCode(network) + bits + port;
    }
}
