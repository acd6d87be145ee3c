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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;

/**
 * A peer's id and key, and the file that holds them. Never shows the key.
 *
 * @param id the peer
 * @param key its private key
 */
record Identity(PeerId id, PrivateKey key) {
    static final String FILE = "identity.json";
    private static final String WRONG_ENVIRONMENT = "applying environment variables to the identity: ";

    static Identity generate() {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519);
        return new Identity(PeerId.of(key), key);
    }

    /**
     * The identity of a folder.
     *
     * @param service service.json, which held the identity in old versions
     * @throws IllegalArgumentException with the reference's text if there is none or it is wrong
     */
    static Identity load(Path folder, Map<String, String> environment, Map<String, ?> service) throws IOException {
        Path file = folder.resolve(FILE);
        Identity identity;
        if (Files.exists(file)) {
            try {
                Map<String, @Nullable Object> json = Json.parseObject(Files.readString(file));
                identity = of(text(json, "id"), text(json, "private_key"));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("error loading identity from " + file + ": " + e.getMessage(), e);
            }
        } else {
            identity = inService(service, file);
        }
        return identity.withEnvironment(environment);
    }

    /** Whether identity.json has to be made from an old service.json. */
    static boolean isMissing(Path folder) {
        return !Files.exists(folder.resolve(FILE));
    }

    private static Identity inService(Map<String, ?> service, Path file) {
        Object cluster = service.get("cluster");
        Map<?, ?> old = cluster instanceof Map<?, ?> map ? map : Map.of();
        if (!old.containsKey("id") && !old.containsKey("private_key")) {
            throw new IllegalArgumentException("error loading identity: open " + file
                    + ": no such file or directory; put it back, or make a new peer, with a new service.json and secret,"
                    + " with: ipfs-cluster-service --config " + file.getParent() + " init");
        }
        try {
            return of(text(old, "id"), text(old, "private_key"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("error loading identity: " + e.getMessage(), e);
        }
    }

    /** This identity, or the one of {@code CLUSTER_ID} and {@code CLUSTER_PRIVATEKEY}. */
    Identity withEnvironment(Map<String, String> environment) {
        String wantedId = environment.get("CLUSTER_ID");
        String wantedKey = environment.get("CLUSTER_PRIVATEKEY");
        if (wantedId == null && wantedKey == null) {
            return this;
        }
        try {
            return of(
                    wantedId == null ? id.toString() : wantedId,
                    wantedKey == null ? Base64.getEncoder().encodeToString(key.marshal()) : wantedKey);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(WRONG_ENVIRONMENT + e.getMessage(), e);
        }
    }

    private static String text(Map<?, ?> json, String name) {
        Object value = json.get(name);
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(name + " is " + Kind.typeOf(value) + ", must be a text");
    }

    private static Identity of(String id, String key) {
        PeerId peer;
        try {
            peer = PeerId.parse(id);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("error decoding cluster ID: " + e.getMessage(), e);
        }
        byte[] message;
        try {
            message = Base64.getDecoder().decode(key);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("error decoding private_key: it is not base64 with padding");
        }
        if (message.length == 0) {
            throw new IllegalArgumentException("no identity private_key set");
        }
        PrivateKey secret;
        try {
            secret = PrivateKey.unmarshal(message);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("error parsing private_key ID: it is not a libp2p private key");
        }
        if (!peer.matches(secret.publicKey())) {
            throw new IllegalArgumentException("identity ID does not match the private_key");
        }
        return new Identity(peer, secret);
    }

    /** The file's text. */
    String toFile() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id.toString());
        json.put("private_key", Base64.getEncoder().encodeToString(key.marshal()));
        return Json.pretty(json, 4);
    }

    @Override
    public String toString() {
        return "Identity[" + id + "]";
    }
}
