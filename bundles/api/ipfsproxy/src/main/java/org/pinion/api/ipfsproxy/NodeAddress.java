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
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.ipfsconnector.RpcEndpoint;

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
        try {
            RpcEndpoint at = RpcEndpoint.of(Multiaddr.parse(text));
            String socket = at.socket();
            boolean isTls = https || at.secure();
            return socket == null
                    ? new NodeAddress(text, at.host(), at.port(), null, isTls)
                    : new NodeAddress(text, at.host(), isTls ? 443 : 80, Path.of(socket), isTls);
        } catch (IllegalArgumentException e) {
            throw bad(text, e.getMessage());
        }
    }

    private static ClusterException bad(String text, @Nullable String why) {
        return new ClusterException(
                ErrorCode.BAD_REQUEST, "error parsing ipfs node_multiaddress: \"" + text + "\": " + why);
    }
}
