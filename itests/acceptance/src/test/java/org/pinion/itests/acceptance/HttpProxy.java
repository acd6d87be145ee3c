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
package org.pinion.itests.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy for HTTP on loopback, with a user: it carries the bytes of tunnels (CONNECT), and hands requests that name their
 * server on to it. It knows one name, which is this machine.
 */
final class HttpProxy implements AutoCloseable {
    private static final Pattern FIRST_LINE =
            Pattern.compile("(?<method>[A-Z]+) (http://)?(?<host>[^/:]+):(?<port>[0-9]+)(?<path>/[^ ]*)? HTTP/1\\.1");
    private static final int MAX_HEAD_BYTES = 16 << 10;

    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final String name;
    private final String credentials;
    private volatile int firstByte = -1;

    HttpProxy(String name, String user) throws IOException {
        this.name = name;
        this.credentials = "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** The first lines of all requests that it carried out. */
    List<String> requests() {
        return requests;
    }

    /** The first byte that a client sent through a tunnel; negative if none did. */
    int firstTunnelledByte() {
        return firstByte;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            }
        } catch (IOException closed) {
            return; // the test is over
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            String first = head.substring(0, head.indexOf("\r\n"));
            Matcher parts = FIRST_LINE.matcher(first);
            if (!head.contains("\r\n" + credentials + "\r\n")) {
                answer(client, "407 Proxy Authentication Required");
            } else if (!parts.matches() || !parts.group("host").equals(name)) {
                answer(client, "502 Bad Gateway");
            } else {
                requests.add(first);
                try (Socket target =
                        new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(parts.group("port")))) {
                    open.add(target);
                    carry(client, target, parts, head.substring(first.length()));
                }
            }
        } catch (IOException gone) {
            return; // one of the two has gone
        }
    }

    private void carry(Socket client, Socket target, Matcher first, String headers) throws IOException {
        boolean tunnel = first.group("method").equals("CONNECT");
        if (tunnel) {
            answer(client, "200 Connection established");
        } else {
            // the answer ends the connection, so that the next request comes here again
            String request = first.group("method") + " " + first.group("path") + " HTTP/1.1\r\nConnection: close"
                    + headers.replaceAll("\r\n(Proxy-Authorization|Connection): [^\r]*", "");
            target.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        }
        threads.execute(() -> copy(client, target, tunnel));
        target.getInputStream().transferTo(client.getOutputStream());
    }

    private void copy(Socket client, Socket target, boolean tunnel) {
        try {
            int first = client.getInputStream().read();
            if (first >= 0) {
                firstByte = tunnel ? first : firstByte;
                OutputStream out = target.getOutputStream();
                out.write(first);
                client.getInputStream().transferTo(out);
            }
            target.shutdownOutput();
        } catch (IOException gone) {
            return; // one of the two has gone
        }
    }

    private static void answer(Socket client, String status) throws IOException {
        client.getOutputStream().write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || head.length() >= MAX_HEAD_BYTES) {
                throw new IOException("no HTTP");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
