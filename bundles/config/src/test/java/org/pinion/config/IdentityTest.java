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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.spi.ClusterException;

class IdentityTest {
    @TempDir
    Path dir;

    private static String base64(PrivateKey key) {
        return Base64.getEncoder().encodeToString(key.marshal());
    }

    private void write(String text) throws Exception {
        Files.writeString(dir.resolve("identity.json"), text);
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void everyKindOfKeyLoads(KeyType type) throws Exception {
        PrivateKey key = PrivateKey.generate(type);
        write(new Identity(PeerId.of(key), key).toFile());

        assertThat(new PeerFiles().identity(dir, Map.of())).isEqualTo(PeerId.of(key));
    }

    @Test
    void theIdMayBeInCidForm() throws Exception {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519);
        write("{\"id\":\"" + PeerId.of(key).toCid() + "\",\"private_key\":\"" + base64(key) + "\",\"other\":1}");

        assertThat(new PeerFiles().identity(dir, Map.of())).isEqualTo(PeerId.of(key));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{|line 1",
                "{}|error decoding cluster ID",
                "{\"id\":7}|id is a number, must be a text",
                "{\"id\":\"x\",\"private_key\":\"\"}|error decoding cluster ID",
                "{\"id\":\"12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU\"}|no identity private_key set",
                "{\"id\":\"12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU\",\"private_key\":\"*\"}|error decoding private_key",
                "{\"id\":\"12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU\",\"private_key\":\"AAAA\"}|error parsing private_key ID"
            })
    void aWrongFileIsRefusedWithItsName(String text, String message) throws Exception {
        write(text);

        assertThatThrownBy(() -> new PeerFiles().identity(dir, Map.of()))
                .isInstanceOf(ClusterException.class)
                .hasMessageStartingWith(
                        "loading configurations: error loading identity from " + dir.resolve("identity.json"))
                .hasMessageContaining(message);
    }

    @Test
    void aKeyOfSomebodyElseIsRefusedAndNotShown() throws Exception {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519);
        write("{\"id\":\"" + Identity.generate().id() + "\",\"private_key\":\"" + base64(key) + "\"}");

        assertThatThrownBy(() -> new PeerFiles().identity(dir, Map.of()))
                .hasMessageEndingWith("identity ID does not match the private_key")
                .hasMessageNotContaining(base64(key));
    }

    @Test
    void theEnvironmentTakesItsPlaceInMemoryOnly() throws Exception {
        Identity other = Identity.generate();
        PeerDir peer = PeerDir.fresh(dir);
        String before = Files.readString(dir.resolve("identity.json"));

        PeerId id = new PeerFiles()
                .identity(dir, Map.of("CLUSTER_ID", other.id().toString(), "CLUSTER_PRIVATEKEY", base64(other.key())));

        assertThat(id).isEqualTo(other.id());
        assertThat(dir.resolve("identity.json")).hasContent(before);
        assertThat(peer.faults("CLUSTER_ID", other.id().toString()))
                .containsExactly(
                        "applying environment variables to the identity: identity ID does not match the private_key");
    }

    @Test
    void anIdentityInAnOldServiceFileIsTakenOut() throws Exception {
        Identity old = Identity.generate();
        PeerDir peer = PeerDir.fresh(dir)
                .set("cluster/id", "\"" + old.id() + "\"")
                .set("cluster/private_key", "\"" + base64(old.key()) + "\"");
        Files.delete(dir.resolve("identity.json"));

        assertThat(peer.read(Map.of()).notes())
                .contains("NOTICE: identity information extracted from " + peer.service() + " and saved as "
                        + dir.resolve("identity.json") + ".");
        assertThat(dir.resolve("identity.json")).hasContent(old.toFile());
    }

    @Test
    void withoutAnyIdentityTheMessageSaysHowToMakeOne() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        Files.delete(dir.resolve("identity.json"));

        assertThat(peer.faults())
                .singleElement()
                .asString()
                .contains("open " + dir.resolve("identity.json") + ": no such file or directory")
                .contains(" init");
    }

    @Test
    void anIdentityNeverShowsItsKey() {
        Identity identity = Identity.generate();

        assertThat(identity.toString())
                .doesNotContain(base64(identity.key()))
                .contains(identity.id().toString());
    }
}
