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
package org.pinion.libp2p.api;

/** How a connection is encrypted, and the identities of both sides are proved. */
public enum SecureChannel {
    /** Noise with ChaCha20-Poly1305, {@code /noise}. */
    NOISE("/noise"),
    /** TLS 1.3, {@code /tls/1.0.0}; several times faster than Noise on Java runtimes before 20. */
    TLS("/tls/1.0.0");

    private final String protocol;

    SecureChannel(String protocol) {
        this.protocol = protocol;
    }

    /** The protocol id that is negotiated. */
    public String protocol() {
        return protocol;
    }
}
