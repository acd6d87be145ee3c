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
package org.pinion.spi.http;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Multiaddr;

/**
 * Reads what every HTTP API has in its section of service.json: listeners, TLS, credentials, timeouts, headers, CORS, the
 * request log, a libp2p host of its own. Any thread.
 */
@ProviderType
public interface HttpSettingsReader {
    /**
     * Reads a section.
     *
     * @param pid the section's PID; the part behind its last dot names the section in messages, and credentials and keys
     *     are looked up under it
     * @param section component properties: service.json's keys with dots
     * @param defaultListen where to listen when the section does not say
     * @throws org.pinion.spi.ClusterException {@code BAD_REQUEST} that names key and value
     */
    HttpSettings read(String pid, Map<String, ?> section, Multiaddr defaultListen);
}
