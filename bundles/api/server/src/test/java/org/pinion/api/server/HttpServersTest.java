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
package org.pinion.api.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.http.HttpListening;
import org.pinion.spi.http.HttpSettings;

class HttpServersTest {
    private final List<Object> services = new CopyOnWriteArrayList<>();

    /** Remembers which services are registered. */
    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(
                HttpServersTest.class.getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (proxy, method, words) -> {
                    if (!method.getName().equals("registerService")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    Object service = words[1];
                    services.add(service);
                    return Proxy.newProxyInstance(
                            HttpServersTest.class.getClassLoader(),
                            new Class<?>[] {ServiceRegistration.class},
                            (registration, what, none) -> services.remove(service));
                });
    }

    @Test
    void opensApisAsTheyComeAndClosesThemAsTheyGo() throws IOException {
        HttpServers servers = new HttpServers(context(), new FixedTime());
        EchoApi one = new EchoApi(EchoApi.settings("/ip4/127.0.0.1/tcp/0"));
        servers.addApi(one);
        HttpListening listening = (HttpListening) services.get(0);
        assertThat(listening.api()).isEqualTo("echo");
        assertThat(listening.failure()).isEmpty();
        Multiaddr address = listening.addresses().get(0);
        int port = Integer.parseInt(address.value("tcp").orElseThrow());
        new Socket("127.0.0.1", port).close();
        EchoApi same = new EchoApi(EchoApi.settings(address.toString()));
        servers.addApi(same);
        assertThat(((HttpListening) services.get(1)).failure().orElse(""))
                .startsWith("listen " + address + ": bind: address already in use");
        servers.removeApi(same);
        servers.removeApi(one);
        assertThat(services).isEmpty();
        servers.addApi(same);
        assertThat(((HttpListening) services.get(0)).failure()).isEmpty();
        servers.close();
        assertThat(services).isEmpty();
    }

    @Test
    void changedSettingsCountForTheNextRequestAndOpenRequestsOutliveTheirListener() throws Exception {
        HttpServers servers = new HttpServers(context(), new FixedTime());
        EchoApi api = new EchoApi(EchoApi.settings("/ip4/127.0.0.1/tcp/0"));
        servers.addApi(api);
        Multiaddr before = ((HttpListening) services.get(0)).addresses().get(0);
        assertThat(get(before, "/id")).startsWith("HTTP/1.1 200");

        HttpSettings closed = EchoApi.with(api.settings(), Optional.empty(), Map.of("u", "p"), Optional.empty());
        api.change(closed);
        servers.apiChanged(api);
        assertThat(((HttpListening) services.get(0)).addresses().get(0)).isEqualTo(before);
        assertThat(get(before, "/id")).startsWith("HTTP/1.1 401");

        api.change(EchoApi.settings(before.toString()));
        try (Socket endless = socket(before)) {
            endless.getOutputStream().write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
            api.streaming.await();
            api.change(withHeaderBytes(EchoApi.settings(before.toString()), 8192));
            servers.apiChanged(api);
            assertThat(((HttpListening) services.get(0)).addresses().get(0)).isEqualTo(before);
            assertThat(get(before, "/id")).startsWith("HTTP/1.1 200");
            assertThat(endless.getInputStream().read()).isEqualTo('H');
            assertThat(api.failed.getCount()).as("it goes on").isEqualTo(1);
        }
        servers.close();
    }

    private static HttpSettings withHeaderBytes(HttpSettings base, int bytes) {
        return new HttpSettings(
                base.listen(),
                base.tls(),
                base.credentials(),
                base.timeouts(),
                bytes,
                base.cors(),
                base.headers(),
                base.requestLog());
    }

    private static Socket socket(Multiaddr address) throws IOException {
        return new Socket("127.0.0.1", Integer.parseInt(address.value("tcp").orElseThrow()));
    }

    private static String get(Multiaddr address, String path) throws IOException {
        try (Socket socket = socket(address)) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    /** A clock without threads. */
    private static final class FixedTime implements Executors {
        @Override
        public Lane lane(String name, int maxQueued) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public Workers workers(String name, int maxThreads, int maxQueued) {
            return new Workers() {
                @Override
                public void execute(Runnable task) {
                    task.run();
                }

                @Override
                public void close(Duration atMost) {}
            };
        }

        @Override
        public InstantSource clock() {
            return InstantSource.fixed(Instant.EPOCH);
        }

        @Override
        public long nanoTime() {
            return 0;
        }
    }
}
