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
package org.pinion.itests.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;

/**
 * The network between processes on this machine, as TCP relays in front of their ports: which process may reach which
 * can be changed while they run. A process that dials is known by the socket it owns, so it does not matter by which
 * way it learned an address. Linux only. Safe for several threads; every relay and every open link has threads of its
 * own, which end with it.
 */
public final class Links implements AutoCloseable {
    private final Map<String, LongSupplier> processes = new ConcurrentHashMap<>();
    private final List<ServerSocket> relays = new CopyOnWriteArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private BiPredicate<String, String> open = (from, to) -> true;

    /** One connection from a process to another. */
    private record Link(String from, String to, Socket near, Socket far) {
        void close() {
            closeQuietly(near);
            closeQuietly(far);
        }
    }

    /** Opens a relay to a port of this machine and gives the port where it listens. */
    public int inFrontOf(String name, int port) {
        try {
            ServerSocket relay = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
            relays.add(relay);
            start("relay to " + name, () -> accept(name, relay, port));
            return relay.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Tells which process {@code name} is; it throws while the process does not run. */
    public void process(String name, LongSupplier pid) {
        processes.put(name, pid);
    }

    /** From now on only those reach each other for whom {@code mayReach} holds; other open links are cut. */
    public synchronized void allow(BiPredicate<String, String> mayReach) {
        open = mayReach;
        links.removeIf(link -> {
            boolean cut = !open.test(link.from(), link.to());
            if (cut) {
                link.close();
            }
            return cut;
        });
    }

    private void accept(String to, ServerSocket relay, int port) {
        while (!relay.isClosed()) {
            try {
                Socket near = relay.accept();
                start("link to " + to, () -> connect(to, near, port));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(String to, Socket near, int port) {
        Socket far = new Socket();
        try (near;
                far) {
            String from = dialerOf(near);
            far.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            Link link = new Link(from, to, near, far);
            synchronized (this) {
                if (!open.test(from, to)) {
                    return;
                }
                links.add(link);
            }
            try {
                start("link from " + to, () -> copy(far, near));
                copy(near, far);
            } finally {
                synchronized (this) {
                    links.remove(link);
                }
            }
        } catch (IOException refused) {
            // The dialer sees a closed connection.
        }
    }

    private String dialerOf(Socket near) throws IOException {
        for (Map.Entry<String, LongSupplier> each : processes.entrySet()) {
            long pid;
            try {
                pid = each.getValue().getAsLong();
            } catch (AssertionError doesNotRun) {
                continue;
            }
            if (SocketOwners.owns(pid, near.getPort(), near.getLocalPort())) {
                return each.getKey();
            }
        }
        return "nobody";
    }

    /** Copies until one end closes, then closes both: half-closed connections do not occur in the protocols tested. */
    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException closed) {
            // The other direction ends too.
        } finally {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception gone) {
            // Closed by its other end.
        }
    }

    /** Closes all relays and links. */
    @Override
    public void close() {
        relays.forEach(Links::closeQuietly);
        allow((from, to) -> false);
    }
}
