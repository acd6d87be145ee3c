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

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;

/**
 * Settings of an API's listeners.
 *
 * @param listen where to listen: TCP or unix addresses
 * @param tls certificate and key as PEM files; empty = no TLS
 * @param credentials user to password for basic authentication; empty = none wanted
 * @param timeouts how long things may take
 * @param maxHeaderBytes limit of a request's headers
 * @param cors cross-origin rules
 * @param headers headers for every answer
 * @param requestLog file of the request log; empty = log at level info
 * @param ownHost the libp2p host of its own that serves the API, too; empty = none
 */
public record HttpSettings(
        List<Multiaddr> listen,
        Optional<Tls> tls,
        Map<String, String> credentials,
        Timeouts timeouts,
        int maxHeaderBytes,
        Cors cors,
        Map<String, List<String>> headers,
        Optional<Path> requestLog,
        Optional<OwnHost> ownHost) {
    /** Copies the collections. */
    public HttpSettings {
        listen = List.copyOf(listen);
        credentials = Map.copyOf(credentials);
        headers = Map.copyOf(headers);
    }

    /** Settings of an API without a libp2p host of its own. */
    public HttpSettings(
            List<Multiaddr> listen,
            Optional<Tls> tls,
            Map<String, String> credentials,
            Timeouts timeouts,
            int maxHeaderBytes,
            Cors cors,
            Map<String, List<String>> headers,
            Optional<Path> requestLog) {
        this(listen, tls, credentials, timeouts, maxHeaderBytes, cors, headers, requestLog, Optional.empty());
    }

    /** The same, served by a libp2p host of its own, too. */
    public HttpSettings withOwnHost(OwnHost host) {
        return new HttpSettings(
                listen, tls, credentials, timeouts, maxHeaderBytes, cors, headers, requestLog, Optional.of(host));
    }

    /** Never shows the credentials. */
    @Override
    public String toString() {
        return "HttpSettings[listen=" + listen + ", tls=" + tls.isPresent() + ", users=" + credentials.size() + "]";
    }

    /**
     * Certificate and key.
     *
     * @param certificate PEM file with the chain
     * @param key PEM file with the private key
     */
    public record Tls(Path certificate, Path key) {}

    /**
     * A libp2p host that serves one API under {@code /libp2p-http}, in no private network.
     *
     * @param key its identity
     * @param listen where it listens
     */
    public record OwnHost(PrivateKey key, List<Multiaddr> listen) {
        /** Copies the list. */
        public OwnHost {
            listen = List.copyOf(listen);
        }

        /** Never shows the key. */
        @Override
        public String toString() {
            return "OwnHost[id=" + PeerId.of(key) + ", listen=" + listen + "]";
        }
    }

    /**
     * How long things may take; zero = no limit.
     *
     * @param read the whole request
     * @param readHeader the request's headers
     * @param write the whole answer
     * @param idle between requests
     */
    public record Timeouts(Duration read, Duration readHeader, Duration write, Duration idle) {}

    /**
     * Cross-origin rules.
     *
     * @param allowedOrigins {@code *} = all
     * @param allowedMethods methods that browsers may use
     * @param allowedHeaders request headers that browsers may send
     * @param exposedHeaders answer headers that scripts may read
     * @param allowCredentials whether credentials may be sent
     * @param maxAge how long browsers may remember the answer
     */
    public record Cors(
            List<String> allowedOrigins,
            List<String> allowedMethods,
            List<String> allowedHeaders,
            List<String> exposedHeaders,
            boolean allowCredentials,
            Duration maxAge) {
        /** Copies the lists. */
        public Cors {
            allowedOrigins = List.copyOf(allowedOrigins);
            allowedMethods = List.copyOf(allowedMethods);
            allowedHeaders = List.copyOf(allowedHeaders);
            exposedHeaders = List.copyOf(exposedHeaders);
        }
    }
}
