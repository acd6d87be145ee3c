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
package org.pinion.spi.config;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;

/** Keys and credentials: never component properties, never logged. Any thread. */
@ProviderType
public interface Secrets {
    /** This cluster peer. */
    PeerId peerId();

    /** This cluster peer's private key. */
    PrivateKey privateKey();

    /** The cluster's 32-byte secret; empty = an open network. A copy. */
    Optional<byte[]> clusterSecret();

    /**
     * A secret key of a section as the text of its JSON value.
     *
     * @param pid the section's PID, for example {@code org.pinion.api.restapi}
     * @param key the key in service.json, for example {@code basic_auth_credentials}
     */
    Optional<String> value(String pid, String key);
}
