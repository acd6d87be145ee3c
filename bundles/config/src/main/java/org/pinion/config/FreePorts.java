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
package org.pinion.config;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.pinion.ipld.multiformats.Multiaddr;

/** Finds free ports; all of one run are different, because they stay bound until the end of it. */
final class FreePorts implements AutoCloseable {
    private final List<Closeable> bound = new ArrayList<>();

    /** The address with a free port of its IP in place of its TCP or UDP port; others stay as they are. */
    String replace(String address) throws IOException {
        StringBuilder out = new StringBuilder();
        String ip = "";
        for (Multiaddr.Component part : Multiaddr.parse(address).components()) {
            String protocol = part.protocol().toString();
            if (protocol.equals("ip4") || protocol.equals("ip6")) {
                ip = String.valueOf(part.value());
            }
            boolean port = protocol.equals("tcp") || protocol.equals("udp");
            out.append(port && !ip.isEmpty() ? "/" + protocol + "/" + free(ip, protocol) : part.toString());
        }
        return out.toString();
    }

    private int free(String ip, String protocol) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getByName(ip), 0);
        if (protocol.equals("udp")) {
            DatagramSocket socket = new DatagramSocket(any);
            bound.add(socket::close);
            return socket.getLocalPort();
        }
        ServerSocket socket = new ServerSocket();
        bound.add(socket);
        socket.bind(any);
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Closeable socket : bound) {
            socket.close();
        }
    }
}
