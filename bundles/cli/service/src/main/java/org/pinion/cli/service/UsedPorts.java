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
package org.pinion.cli.service;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.config.ConfigFiles.Listener;

/**
 * Tells before the start which wanted ports are taken, from the kernel's table of listening sockets: trying to bind would get
 * in the way of others that start at the same moment. Where there is no such table, the components find out themselves.
 */
final class UsedPorts {
    private static final String LISTEN = "0A";
    private static final Map<String, String> DOING = Map.of(
            "cluster", "creating libp2p host",
            "api.restapi", "creating REST API component",
            "api.pinsvcapi", "creating Pinning Service API component",
            "api.ipfsproxy", "creating IPFS Proxy component",
            "api.kuborpc", "creating Kubo RPC API component",
            "api.gateway", "creating gateway component",
            "ipfs_connector.embedded", "creating IPFS Connector component");

    private final Set<Socket> listening;

    private record Socket(InetAddress address, int port) {
        boolean clashesWith(Socket other) {
            return port == other.port
                    && (address.isAnyLocalAddress()
                            || other.address.isAnyLocalAddress()
                            || address.equals(other.address));
        }

        @Override
        public String toString() {
            String host = address.getHostAddress();
            boolean four = address.getAddress().length == 4;
            return (four ? "tcp4 " + host : "tcp6 [" + host + "]") + ":" + port;
        }
    }

    private UsedPorts(Set<Socket> listening) {
        this.listening = listening;
    }

    /** The sockets that listen now. */
    static UsedPorts now() {
        return of(List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6")));
    }

    static UsedPorts of(List<Path> tables) {
        Set<Socket> listening = new HashSet<>();
        for (Path table : tables) {
            try {
                for (String line : Files.readAllLines(table)) {
                    read(line).ifPresent(listening::add);
                }
            } catch (IOException e) {
                continue; // no such table here
            }
        }
        return new UsedPorts(listening);
    }

    private static Optional<Socket> read(String line) {
        String[] fields = line.strip().split("\\s+");
        int colon = fields.length > 3 ? fields[1].indexOf(':') : -1;
        if (colon < 0 || !fields[3].equals(LISTEN)) {
            return Optional.empty();
        }
        byte[] words = HexFormat.of().parseHex(fields[1].substring(0, colon));
        byte[] address = new byte[words.length];
        for (int i = 0; i < words.length; i++) {
            address[i] = words[(i & ~3) + 3 - (i & 3)]; // words of four bytes, lowest byte first
        }
        try {
            return Optional.of(new Socket(
                    InetAddress.getByAddress(address),
                    HexFormat.fromHexDigits(fields[1], colon + 1, fields[1].length())));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** One line for each wanted address that is taken, or that two sections want. */
    List<String> conflicts(List<Listener> wanted) {
        List<String> conflicts = new ArrayList<>();
        Set<Socket> ours = new HashSet<>();
        for (Listener listener : wanted) {
            Optional<Socket> socket = socket(listener.address());
            if (socket.isEmpty()) {
                continue;
            }
            String doing = DOING.getOrDefault(listener.section(), "creating " + listener.section());
            if (listening.stream().anyMatch(socket.get()::clashesWith)) {
                conflicts.add(
                        doing + ": listen " + socket.get() + ": bind: address already in use; end the other program or"
                                + " change the address in section " + listener.section() + " of service.json");
            } else if (ours.stream().anyMatch(socket.get()::clashesWith)) {
                conflicts.add(doing + ": listen " + socket.get()
                        + ": another section of service.json has the same address as " + listener.section());
            }
            ours.add(socket.get());
        }
        return conflicts;
    }

    private static Optional<Socket> socket(Multiaddr address) {
        Optional<String> ip = address.value("ip4").or(() -> address.value("ip6"));
        Optional<Integer> port = address.value("tcp").map(Integer::valueOf).filter(number -> number > 0);
        if (ip.isEmpty() || port.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Socket(InetAddress.getByName(ip.get()), port.get()));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
