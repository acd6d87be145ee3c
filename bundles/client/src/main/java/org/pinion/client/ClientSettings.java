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

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.pinion.ipld.multiformats.Multiaddr;

/**
 * How to reach an API.
 *
 * @param endpoints TCP or unix addresses, tried in order
 * @param https whether to use TLS
 * @param checkCertificate whether the server's certificate is checked
 * @param credentials {@code user:password} for basic authentication
 * @param timeout for a whole request and its answer; zero = no limit
 */
public record ClientSettings(
        List<Multiaddr> endpoints,
        boolean https,
        boolean checkCertificate,
        Optional<String> credentials,
        Duration timeout) {
    /** Copies the list. */
    public ClientSettings {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no address of an API was given");
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout must not be negative: " + timeout);
        }
    }

    /** Plain HTTP to one address, without limits. */
    public static ClientSettings of(Multiaddr endpoint) {
        return new ClientSettings(List.of(endpoint), false, true, Optional.empty(), Duration.ZERO);
    }

    /** Never shows the credentials. */
    @Override
    public String toString() {
        return "ClientSettings[endpoints=" + endpoints + ", https=" + https + "]";
    }
}
