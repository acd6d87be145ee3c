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
package org.pinion.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkSecret;
import org.pinion.libp2p.api.StreamInput;
import org.pinion.libp2p.api.StreamOutput;
import org.pinion.spi.Pin;
import org.pinion.spi.flow.Cursor;

/** Against a host of its own that answers like an API. */
class Libp2pTransportTest {
    private static final NetworkSecret SECRET = NetworkSecret.of(new byte[32]);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<String> heads = new ArrayList<>();
    private Host host;

    private Multiaddr serve(Optional<NetworkSecret> secret, RawServer.Answer answer) throws Exception {
        HostSettings settings = HostSettings.of(PrivateKey.generate(KeyType.ED25519))
                .withSecret(secret.orElse(null))
                .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
        host = ServiceLoader.load(HostFactory.class).findFirst().orElseThrow().open(settings);
        if (answer != null) {
            host.handle(
                    Libp2pTransport.PROTOCOL,
                    stream -> RawServer.daemon(() -> {
                        try (StreamOutput out = new StreamOutput(stream, LONG)) {
                            RawServer.serve(new StreamInput(stream, LONG), out, heads, answer);
                        }
                    }));
        }
        return host.listenAddresses().get(0).withPeerId(host.id());
    }

    @AfterEach
    void close() {
        host.close();
    }

    private static ClusterClient client(Multiaddr at, Optional<NetworkSecret> secret) {
        return new ClusterClient(ClientSettings.of(at)
                .withCredentials("u", "p")
                .withTimeout(LONG)
                .withTransport(Libp2pTransport.load(secret)));
    }

    @Test
    void asksOverOneStreamPerRequestInAPrivateNetwork() throws Exception {
        Multiaddr at = serve(Optional.of(SECRET), RawServer.json("{\"version\":\"v\"}"));
        try (ClusterClient client = client(at, Optional.of(SECRET))) {
            assertThat(client.version()).isEqualTo("v");
            assertThat(client.version()).isEqualTo("v");
        }
        assertThat(heads).hasSize(2);
        assertThat(heads.get(0)).contains("Host: " + host.id() + "\r\n", "Authorization: Basic ");
    }

    @Test
    void readsLongAnswersWithBackPressure() throws Exception {
        String row = "{\"cid\":\"bafkqaaa\",\"type\":\"pin\",\"name\":\"" + "x".repeat(1000) + "\",\"max_depth\":-1}\n";
        int rows = 5000;
        Multiaddr at = serve(Optional.empty(), (head, out) -> {
            RawServer.write(out, RawServer.OK + "Content-Length: " + (long) rows * row.length() + "\r\n\r\n");
            for (int i = 0; i < rows; i++) {
                RawServer.write(out, row);
            }
        });
        try (ClusterClient client = client(at, Optional.empty());
                Cursor<Pin> pins = client.allocations("")) {
            int seen = 0;
            for (Pin pin = pins.next(); pin != null; pin = pins.next()) {
                seen++;
            }
            assertThat(seen).isEqualTo(rows);
        }
    }

    @Test
    void saysWhyThereIsNoAnswer() throws Exception {
        Multiaddr at = serve(Optional.of(SECRET), null);
        try (ClusterClient client = client(at, Optional.of(SECRET))) {
            assertThatThrownBy(client::version).hasMessageContaining("serves none of [/libp2p-http]");
        }
        try (ClusterClient client = client(at, Optional.empty())) {
            assertThatThrownBy(client::version).hasMessageContaining("secret differs");
        }
        Multiaddr idOnly = Multiaddr.parse("/p2p/" + host.id());
        try (ClusterClient client = client(idOnly, Optional.empty())) {
            assertThatThrownBy(client::version).hasMessageContaining("nothing but a peer's id");
        }
    }
}
