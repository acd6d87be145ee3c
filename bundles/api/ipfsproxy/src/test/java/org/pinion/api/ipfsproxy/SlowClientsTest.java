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

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that ask for much and take nothing of it. */
class SlowClientsTest {
    private static final int CLIENTS = 3 * Node.MAX_LARGE;
    private static final int ANSWER_BYTES = 16 << 20;
    /** What Kubo writes at once. */
    private static final int PIECE_BYTES = 4096;

    private final FakeKubo kubo = new FakeKubo((head, in, socket) -> answer(socket.getOutputStream()));
    private final RunningProxy proxy = new RunningProxy(kubo.port());
    private final List<Socket> clients = new ArrayList<>();

    private static void answer(OutputStream out) throws Exception {
        out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + ANSWER_BYTES + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        byte[] piece = new byte[PIECE_BYTES];
        for (int sent = 0; sent < ANSWER_BYTES; sent += PIECE_BYTES) {
            out.write(piece);
        }
    }

    @AfterEach
    void close() throws Exception {
        for (Socket client : clients) {
            client.close();
        }
        proxy.close();
        kubo.close();
    }

    @Test
    void holdABoundedAmountOfMemoryAndKeepNobodyElseFromBeingServed() throws Exception {
        long before = directBytes();
        for (int i = 0; i < CLIENTS; i++) {
            begin();
        }

        assertThat(RunningProxy.body(proxy.ask("POST", "/api/v0/cat"))).hasSize(ANSWER_BYTES);
        long most = (long) Node.MAX_LARGE * 2 * Node.LARGE_BUFFER_BYTES + (16L << 20);
        assertThat(directBytes() - before).as("bytes of direct memory").isLessThan(most);
    }

    @Test
    void whoComesAfterThemIsServedToo() throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            begin();
        }
        for (Socket client : clients) {
            client.close();
        }

        for (int i = 0; i <= Node.MAX_LARGE; i++) {
            assertThat(RunningProxy.body(proxy.ask("POST", "/api/v0/cat"))).hasSize(ANSWER_BYTES);
        }
    }

    /** Returns when the answer has begun. */
    private void begin() throws Exception {
        Socket client = new Socket();
        clients.add(client);
        client.setReceiveBufferSize(PIECE_BYTES);
        client.setSoTimeout(20_000);
        client.connect(new InetSocketAddress("127.0.0.1", proxy.port()));
        FakeKubo.write(client, "POST /api/v0/cat HTTP/1.1\r\nHost: app.example\r\n\r\n");
        InputStream in = client.getInputStream();
        assertThat(FakeKubo.head(in)).startsWith("HTTP/1.1 200 ");
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
