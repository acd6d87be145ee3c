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
package org.pinion.libp2p.kad;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.pinion.ipld.multiformats.Multiaddr;

/** What kind of network an address is on. Pure; names are never resolved. */
final class Addresses {
    /** Ranges of private use, and loopback: never seen on the public network. */
    private static final List<Range> PRIVATE_4 = List.of(
            Range.of("127.0.0.0", 8),
            Range.of("10.0.0.0", 8),
            Range.of("172.16.0.0", 12),
            Range.of("192.168.0.0", 16),
            Range.of("100.64.0.0", 10),
            Range.of("169.254.0.0", 16));
    /** Ranges that no peer is on. */
    private static final List<Range> UNUSABLE = List.of(
            Range.of("0.0.0.0", 8),
            Range.of("192.0.0.0", 26),
            Range.of("192.0.2.0", 24),
            Range.of("192.88.99.0", 24),
            Range.of("198.18.0.0", 15),
            Range.of("198.51.100.0", 24),
            Range.of("203.0.113.0", 24),
            Range.of("224.0.0.0", 4),
            Range.of("240.0.0.0", 4),
            Range.of("ff00::", 8),
            Range.of("2001:db8::", 32));

    private static final Range PUBLIC_6 = Range.of("2000::", 3);

    private Addresses() {}

    /** A range of IP addresses: those that share the first bits. */
    record Range(byte[] base, int bits) {
        static Range of(String base, int bits) {
            return new Range(literal(base).getAddress(), bits);
        }

        boolean contains(InetAddress ip) {
            byte[] other = ip.getAddress();
            if (other.length != base.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit += 8) {
                int mask = bits - bit >= 8 ? 0xff : 0xff << 8 - (bits - bit);
                if (((other[bit / 8] ^ base[bit / 8]) & mask & 0xff) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private static InetAddress literal(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an IP address: " + text, e);
        }
    }

    /** The IP address inside a multiaddress; empty for names. */
    static Optional<InetAddress> ip(Multiaddr address) {
        return address.value("ip4").or(() -> address.value("ip6")).map(Addresses::literal);
    }

    static boolean isRelay(Multiaddr address) {
        return address.has("p2p-circuit");
    }

    static boolean isLoopback(Multiaddr address) {
        return ip(address).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    /** True for an IP address that everybody can reach. */
    static boolean isPublic(Multiaddr address) {
        return ip(address).filter(Addresses::isPublic).isPresent();
    }

    static boolean isPublic(InetAddress ip) {
        if (in(UNUSABLE, ip)) {
            return false;
        }
        return ip.getAddress().length == 4 ? !in(PRIVATE_4, ip) : PUBLIC_6.contains(ip);
    }

    /** True for an IP address of a private network or of this machine. */
    static boolean isPrivate(Multiaddr address) {
        return ip(address).filter(ip -> !isPublic(ip) && !in(UNUSABLE, ip)).isPresent();
    }

    /** True for a name that may be on the public network. */
    static boolean isPublicName(Multiaddr address) {
        return address.value("dns")
                .or(() -> address.value("dns4"))
                .or(() -> address.value("dns6"))
                .or(() -> address.value("dnsaddr"))
                .filter(name -> !name.equals("localhost") && !name.endsWith(".localhost") && !name.endsWith(".local"))
                .isPresent();
    }

    private static boolean in(List<Range> ranges, InetAddress ip) {
        return ranges.stream().anyMatch(range -> range.contains(ip));
    }
}
