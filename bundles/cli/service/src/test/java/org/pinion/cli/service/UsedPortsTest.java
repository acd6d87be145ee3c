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
package org.pinion.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.config.ConfigFiles.Listener;

class UsedPortsTest {
    @TempDir
    Path dir;

    private UsedPorts table(String... lines) throws Exception {
        Path file = dir.resolve("tcp");
        Files.write(file, List.of(lines));
        return UsedPorts.of(List.of(file, dir.resolve("missing")));
    }

    private static List<Listener> wanted(String... addresses) {
        return java.util.stream.Stream.of(addresses)
                .map(address -> new Listener("api.restapi", Multiaddr.parse(address)))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "0100007F:2386, /ip4/127.0.0.1/tcp/9094, true",
        "00000000:2386, /ip4/127.0.0.1/tcp/9094, true",
        "0100007F:2386, /ip4/0.0.0.0/tcp/9094, true",
        "0100007F:2386, /ip4/127.0.0.2/tcp/9094, false",
        "0100007F:2387, /ip4/127.0.0.1/tcp/9094, false",
        "0000000000000000FFFF00000100007F:2386, /ip4/127.0.0.1/tcp/9094, true",
        "00000000000000000000000001000000:2386, /ip6/::1/tcp/9094, true",
        "0100007F:2386, /unix/tmp/socket, false",
        "0100007F:2386, /dns4/localhost/tcp/9094, false"
    })
    void anAddressClashesWithWhatListensThere(String socket, String address, boolean clash) throws Exception {
        UsedPorts ports = table(
                "  sl  local_address rem_address   st tx_queue rx_queue",
                "   0: " + socket + " 00000000:0000 0A 00000000:00000000 00:00000000 00000000");

        assertThat(ports.conflicts(wanted(address))).hasSize(clash ? 1 : 0);
    }

    @Test
    void connectionsAreNoListeners() throws Exception {
        UsedPorts ports = table("   0: 0100007F:2386 0100007F:1111 01 00000000:00000000 00:00000000 00000000");

        assertThat(ports.conflicts(wanted("/ip4/127.0.0.1/tcp/9094"))).isEmpty();
    }

    @Test
    void twoSectionsCannotHaveOneAddress() throws Exception {
        assertThat(table().conflicts(wanted("/ip4/127.0.0.1/tcp/9094", "/ip4/0.0.0.0/tcp/9094")))
                .singleElement()
                .asString()
                .contains("another section of service.json has the same address");
    }

    @Test
    void portZeroIsAlwaysFree() throws Exception {
        assertThat(table().conflicts(wanted("/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0")))
                .isEmpty();
    }
}
