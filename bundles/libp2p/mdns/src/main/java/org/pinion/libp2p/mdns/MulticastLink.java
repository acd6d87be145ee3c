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
package org.pinion.libp2p.mdns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A link over a socket of multicast DNS; a worker reads it until it is closed. */
final class MulticastLink implements Link {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.mdns");
    private static final int PORT = 5353;
    private static final String GROUP_4 = "224.0.0.251";
    private static final String GROUP_6 = "ff02::fb";
    private static final int HOPS = 255;
    /** All hear an answer: who asks shortly after it has it already. */
    private static final long QUIET_NANOS = 250_000_000;

    private final Instance instance;
    private final Heard heard;
    private final DatagramSocket socket;
    private final SocketAddress group;
    private final List<InterfaceAddress> subnets;
    private byte @Nullable [] text;
    private long answeredNanos;

    private MulticastLink(
            Instance instance,
            Heard heard,
            DatagramSocket socket,
            SocketAddress group,
            List<InterfaceAddress> subnets) {
        this.instance = instance;
        this.heard = heard;
        this.socket = socket;
        this.group = group;
        this.subnets = List.copyOf(subnets);
        answeredNanos = System.nanoTime() - QUIET_NANOS;
    }

    static Link open(Instance instance, Heard heard, Executor workers) throws IOException {
        InetAddress address = instance.address();
        NetworkInterface network = NetworkInterface.getByInetAddress(address);
        if (network == null) {
            throw new IOException("no network has the address " + address.getHostAddress());
        }
        InetAddress multicast = InetAddress.getByName(address instanceof Inet4Address ? GROUP_4 : GROUP_6);
        InetSocketAddress group = new InetSocketAddress(multicast, PORT);
        DatagramSocket socket = new DatagramSocket(null);
        try {
            // the machine's own responder and other peers have this port as well
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(PORT));
            socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, network);
            socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, HOPS);
            socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            socket.joinGroup(group, network);
            MulticastLink link = new MulticastLink(instance, heard, socket, group, network.getInterfaceAddresses());
            workers.execute(link::read);
            return link;
        } catch (IOException e) {
            socket.close();
            throw e;
        } catch (RejectedExecutionException e) {
            socket.close();
            throw new IOException("no thread is free to listen", e);
        }
    }

    private void read() {
        DatagramPacket packet = new DatagramPacket(new byte[DnsMessage.MAX_BYTES], DnsMessage.MAX_BYTES);
        while (!socket.isClosed()) {
            try {
                packet.setLength(DnsMessage.MAX_BYTES);
                socket.receive(packet);
                if (isNeighbour(packet.getAddress())) {
                    take(DnsMessage.decode(packet.getData(), packet.getLength()), packet.getSocketAddress());
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    LOG.debug("a packet of multicast DNS is ignored: {}", e.toString());
                }
            }
        }
    }

    /** Others are too far away to tell us anything. */
    private boolean isNeighbour(InetAddress source) {
        byte[] theirs = source.getAddress();
        return subnets.stream().anyMatch(subnet -> {
            byte[] ours = subnet.getAddress().getAddress();
            int bits = subnet.getNetworkPrefixLength();
            if (ours.length != theirs.length) {
                return false;
            }
            for (int bit = 0; bit < bits && bit < ours.length * 8; bit++) {
                int mask = 0x80 >> (bit & 7);
                if ((ours[bit >> 3] & mask) != (theirs[bit >> 3] & mask)) {
                    return false;
                }
            }
            return true;
        });
    }

    private void take(DnsMessage message, SocketAddress from) throws IOException {
        instance.hear(message, heard);
        if (!instance.isAsked(message)) {
            return;
        }
        byte[] current;
        synchronized (this) {
            current = text;
            if (current == null || System.nanoTime() - answeredNanos < QUIET_NANOS) {
                return;
            }
            answeredNanos = System.nanoTime();
        }
        boolean legacy = from instanceof InetSocketAddress inet && inet.getPort() != PORT;
        send(legacy ? instance.answer(message, current) : instance.answer(current), legacy ? from : group);
    }

    private void send(DnsMessage message, SocketAddress to) throws IOException {
        byte[] bytes = message.encode();
        socket.send(new DatagramPacket(bytes, bytes.length, to));
    }

    @Override
    public void tell(byte[] newText) throws IOException {
        synchronized (this) {
            text = newText;
        }
        send(instance.answer(newText), group);
    }

    @Override
    public void ask() throws IOException {
        send(instance.query(), group);
    }

    @Override
    public void close() {
        try {
            send(instance.goodbye(), group);
        } catch (IOException e) {
            LOG.debug("goodbye is not said to the network of {}: {}", instance.address(), e.toString());
        }
        socket.close();
    }
}
