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
package org.pinion.spi.ipfsconnector;

import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;

/**
 * Where an IPFS node's RPC API listens.
 *
 * @param host name or address, without brackets; {@code localhost} with a unix socket
 * @param port TCP port
 * @param secure whether it speaks TLS: {@code /tls} or {@code /https} in the address
 * @param socket path of a unix socket; null = TCP
 */
public record RpcEndpoint(
        String host, int port, boolean secure, @Nullable String socket) {
    /**
     * Reads an address of TCP or a unix socket.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static RpcEndpoint of(Multiaddr address) {
        Optional<String> path = address.value("unix");
        if (path.isPresent()) {
            String text = path.get();
            return new RpcEndpoint("localhost", 80, false, text.startsWith("/") ? text : "/" + text);
        }
        Optional<String> host = Stream.of("ip4", "ip6", "dns", "dns4", "dns6")
                .flatMap(protocol -> address.value(protocol).stream())
                .findFirst();
        Optional<String> port = address.value("tcp");
        if (host.isEmpty() || port.isEmpty()) {
            throw new IllegalArgumentException(
                    "cannot dial " + address + "; use /ip4, /ip6 or /dns with /tcp (and /https for TLS), or /unix");
        }
        boolean secure = address.has("tls") || address.has("https");
        return new RpcEndpoint(host.get(), Integer.parseInt(port.get()), secure, null);
    }

    /** As messages name it. */
    @Override
    public String toString() {
        String at = (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        return socket != null ? socket : secure ? "https://" + at : at;
    }
}
