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

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.http.HttpListening;

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

    /** A clock without threads. */
    private static final class FixedTime implements Executors {
        @Override
        public Lane lane(String name, int maxQueued) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public Workers workers(String name, int maxThreads, int maxQueued) {
            throw new UnsupportedOperationException(name);
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
