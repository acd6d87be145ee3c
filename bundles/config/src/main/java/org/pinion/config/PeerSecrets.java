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

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.spi.config.Secrets;

/** Keys and credentials of this peer; those of sections change live. Never shows them. */
final class PeerSecrets implements Secrets {
    private final Identity identity;
    private final byte[] clusterSecret;
    private final Map<String, Map<String, String>> byPid = new ConcurrentHashMap<>();

    PeerSecrets(Identity identity, byte[] clusterSecret) {
        this.identity = identity;
        this.clusterSecret = clusterSecret.clone();
    }

    /** Takes a section's secrets; true if they differ from what was there. */
    boolean accept(ActiveSection section) {
        Map<String, String> fresh = section.label().equals("cluster") ? Map.of() : Map.copyOf(section.secrets());
        Map<String, String> old = byPid.put(section.pid(), fresh);
        return !fresh.equals(old == null ? Map.of() : old);
    }

    @Override
    public PeerId peerId() {
        return identity.id();
    }

    @Override
    public PrivateKey privateKey() {
        return identity.key();
    }

    @Override
    public Optional<byte[]> clusterSecret() {
        return clusterSecret.length == 0 ? Optional.empty() : Optional.of(clusterSecret.clone());
    }

    @Override
    public Optional<String> value(String pid, String key) {
        return Optional.ofNullable(byPid.getOrDefault(pid, Map.of()).get(key));
    }

    @Override
    public String toString() {
        return "PeerSecrets[" + identity.id() + "]";
    }
}
