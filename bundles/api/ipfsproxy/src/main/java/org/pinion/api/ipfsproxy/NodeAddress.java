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
package org.pinion.api.ipfsproxy;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/**
 * Where the IPFS node's RPC API is.
 *
 * @param text as configured, for messages
 * @param host name or address, without brackets
 * @param port TCP port
 * @param socket path of a unix socket; null = TCP
 * @param https whether it speaks TLS
 */
record NodeAddress(
        String text, String host, int port, @Nullable Path socket, boolean https) {
    /**
     * Reads an address of TCP or a unix socket.
     *
     * @throws ClusterException {@code BAD_REQUEST} if it is neither
     */
    static NodeAddress of(String text, boolean https) {
        Multiaddr address;
        try {
            address = Multiaddr.parse(text);
        } catch (IllegalArgumentException e) {
            throw bad(text, e.getMessage());
        }
        Optional<String> path = address.value("unix");
        if (path.isPresent()) {
            String socket = path.get().startsWith("/") ? path.get() : "/" + path.get();
            return new NodeAddress(text, "localhost", https ? 443 : 80, Path.of(socket), https);
        }
        Optional<String> host = Stream.of("ip4", "ip6", "dns", "dns4", "dns6")
                .flatMap(protocol -> address.value(protocol).stream())
                .findFirst();
        Optional<String> port = address.value("tcp");
        if (host.isEmpty() || port.isEmpty()) {
            throw bad(text, "use /ip4, /ip6 or /dns with /tcp, or /unix");
        }
        return new NodeAddress(text, host.get(), Integer.parseInt(port.get()), null, https);
    }

    private static ClusterException bad(String text, @Nullable String why) {
        return new ClusterException(
                ErrorCode.BAD_REQUEST, "error parsing ipfs node_multiaddress: \"" + text + "\": " + why);
    }
}
