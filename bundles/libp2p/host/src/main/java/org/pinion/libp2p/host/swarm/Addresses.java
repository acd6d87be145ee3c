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
package org.pinion.libp2p.host.swarm;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Protocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between multiaddresses and sockets. Pure but for {@link #expand}. */
public final class Addresses {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host");

    /** What a name may resolve to. */
    public enum Family {
        /** IPv4 only. */
        V4,
        /** IPv6 only. */
        V6,
        /** Either. */
        ANY
    }

    /**
     * A TCP or WebSocket address.
     *
     * @param host an address in numbers, or a name
     * @param isName true if the host needs resolving
     * @param family what it may resolve to
     * @param port 0 to 65535
     * @param webSocket true if a WebSocket carries the bytes
     * @param tlsName the name that the certificate of the WebSocket's TLS has to have; null without TLS
     */
    public record Target(
            String host,
            boolean isName,
            Family family,
            int port,
            boolean webSocket,
            @Nullable String tlsName) {
        /** True if the WebSocket is inside TLS. */
        public boolean tls() {
            return tlsName != null;
        }
    }

    /** What may stand above TCP. */
    private static final Set<String> TRANSPORTS = Set.of("", "ws", "wss", "tls/ws", "tls/sni/ws");

    private Addresses() {}

    /** The target of a TCP or WebSocket address; empty for every other transport. {@code /p2p} at its end is ignored. */
    public static Optional<Target> target(Multiaddr address) {
        List<Multiaddr.Component> parts = address.withoutPeerId().components();
        if (parts.size() < 2 || parts.get(1).protocol() != Protocol.TCP) {
            return Optional.empty();
        }
        Optional<Family> family = family(parts.get(0).protocol());
        String above = parts.subList(2, parts.size()).stream()
                .map(part -> part.protocol().text())
                .collect(Collectors.joining("/"));
        if (family.isEmpty() || !TRANSPORTS.contains(above)) {
            return Optional.empty();
        }
        String host = Objects.requireNonNull(parts.get(0).value());
        int port = Integer.parseInt(Objects.requireNonNull(parts.get(1).value()));
        boolean tls = !above.isEmpty() && !above.equals("ws");
        String tlsName = tls ? address.value(Protocol.SNI).orElse(host) : null;
        boolean isName = !parts.get(0).protocol().text().startsWith("ip");
        return Optional.of(new Target(host, isName, family.get(), port, !above.isEmpty(), tlsName));
    }

    private static Optional<Family> family(Protocol protocol) {
        return switch (protocol.text()) {
            case "ip4", "dns4" -> Optional.of(Family.V4);
            case "ip6", "dns6" -> Optional.of(Family.V6);
            case "dns" -> Optional.of(Family.ANY);
            default -> Optional.empty();
        };
    }

    /** The relay with its peer id that an address leads over, if it is such an address and leads over one only. */
    public static Optional<Multiaddr> relay(Multiaddr address) {
        int circuit = -1;
        StringBuilder relay = new StringBuilder();
        List<Multiaddr.Component> parts = address.withoutPeerId().components();
        for (int i = 0; i < parts.size() && circuit < 0; i++) {
            if (parts.get(i).protocol() == Protocol.P2P_CIRCUIT) {
                circuit = i;
            } else {
                relay.append(parts.get(i));
            }
        }
        boolean named = circuit > 0 && parts.get(circuit - 1).protocol() == Protocol.P2P;
        return named && circuit == parts.size() - 1 ? Optional.of(Multiaddr.parse(relay.toString())) : Optional.empty();
    }

    /** True for an address that leads over a relay, whether we can use it or not. */
    public static boolean isRelayed(Multiaddr address) {
        return address.has(Protocol.P2P_CIRCUIT);
    }

    /** True if {@code ip} is of the family. */
    static boolean matches(InetAddress ip, Family family) {
        return switch (family) {
            case V4 -> !(ip instanceof Inet6Address);
            case V6 -> ip instanceof Inet6Address;
            case ANY -> true;
        };
    }

    /** What is at the end of the address of a WebSocket. */
    static final Multiaddr WEB_SOCKET = Multiaddr.parse("/ws");

    /** The multiaddress of a socket that may carry a WebSocket. */
    static Multiaddr of(InetSocketAddress socket, boolean webSocket) {
        return webSocket ? of(socket).append(WEB_SOCKET) : of(socket);
    }

    /** The multiaddress of a socket. */
    public static Multiaddr of(InetSocketAddress socket) {
        return of(socket.getAddress(), socket.getPort());
    }

    static Multiaddr of(InetAddress ip, int port) {
        String text = ip.getHostAddress();
        int zone = text.indexOf('%');
        return Multiaddr.parse((ip instanceof Inet6Address ? "/ip6/" : "/ip4/")
                + (zone < 0 ? text : text.substring(0, zone)) + "/tcp/" + port);
    }

    /** The IP address inside a multiaddress; empty for names. */
    public static Optional<InetAddress> ip(Multiaddr address) {
        Optional<String> text = address.value("ip4").or(() -> address.value("ip6"));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text.get()));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** True for an address of this machine only. */
    public static boolean isLoopback(Multiaddr address) {
        return ip(address).map(InetAddress::isLoopbackAddress).orElse(false);
    }

    /** True for a range of addresses, {@code /ip4/10.0.0.0/ipcidr/8}. */
    public static boolean isNetwork(Multiaddr address) {
        return address.components().size() == 2
                && address.has(Protocol.IPCIDR)
                && ip(address).isPresent();
    }

    /** True if the IP address of {@code address} is in a range. */
    public static boolean isInside(Multiaddr address, Multiaddr network) {
        byte[] ip = ip(address).map(InetAddress::getAddress).orElse(new byte[0]);
        byte[] start = ip(network).orElseThrow().getAddress();
        int bits = Integer.parseInt(network.value(Protocol.IPCIDR).orElseThrow());
        if (ip.length != start.length || bits > 8 * ip.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if (((ip[bit / 8] ^ start[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    /** True for loopback, link-local and private ranges. */
    public static boolean isPrivate(Multiaddr address) {
        return ip(address).map(Addresses::isPrivate).orElse(false);
    }

    private static boolean isPrivate(InetAddress ip) {
        boolean uniqueLocal = ip instanceof Inet6Address && (ip.getAddress()[0] & 0xfe) == 0xfc;
        return ip.isLoopbackAddress() || ip.isLinkLocalAddress() || ip.isSiteLocalAddress() || uniqueLocal;
    }

    /**
     * What is kept of addresses that a peer tells: nothing of its own machine unless it is on ours, and nothing private
     * from a peer on the public network.
     */
    public static List<Multiaddr> credible(Collection<Multiaddr> told, Multiaddr remote) {
        if (isLoopback(remote)) {
            return List.copyOf(told);
        }
        boolean fromPrivate = isPrivate(remote);
        return told.stream()
                .filter(address -> fromPrivate ? !isLoopback(address) : !isPrivate(address))
                .toList();
    }

    /** The addresses at which bound sockets can be reached: wildcards become the addresses of the interfaces. */
    public static List<Multiaddr> expand(List<Multiaddr> bound) {
        Set<Multiaddr> all = new LinkedHashSet<>();
        for (Multiaddr address : bound) {
            Optional<InetAddress> ip = ip(address);
            if (ip.isEmpty() || !ip.get().isAnyLocalAddress()) {
                all.add(address);
                continue;
            }
            int port = Integer.parseInt(address.value("tcp").orElse("0"));
            for (InetAddress each : interfaceAddresses()) {
                if (each instanceof Inet6Address == ip.get() instanceof Inet6Address) {
                    all.add(of(new InetSocketAddress(each, port), address.has("ws")));
                }
            }
        }
        return List.copyOf(all);
    }

    private static List<InetAddress> interfaceAddresses() {
        List<InetAddress> loopback = new ArrayList<>();
        List<InetAddress> others = new ArrayList<>();
        try {
            Enumeration<NetworkInterface> interfaces = NetworkInterface.getNetworkInterfaces();
            while (interfaces.hasMoreElements()) {
                for (var address : interfaces.nextElement().getInterfaceAddresses()) {
                    InetAddress ip = address.getAddress();
                    if (ip.isLoopbackAddress()) {
                        loopback.add(ip);
                    } else if (!ip.isLinkLocalAddress()) {
                        others.add(ip);
                    }
                }
            }
        } catch (SocketException e) {
            LOG.warn("cannot list network interfaces, only loopback is announced: {}", e.getMessage());
            return List.of(InetAddress.getLoopbackAddress());
        }
        loopback.addAll(others);
        return loopback;
    }
}
