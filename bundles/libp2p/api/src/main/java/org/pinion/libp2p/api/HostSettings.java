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

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PrivateKey;

/**
 * How to open a host.
 *
 * @param key the identity key
 * @param secret the key of the private network; null for the public one
 * @param listen addresses to bind; those of unsupported transports (such as quic) are ignored
 * @param announce addresses told to others instead of the bound ones; empty = the bound ones
 * @param noAnnounce addresses never told to others
 * @param agentVersion free text for identify
 * @param protocolVersion free text for identify
 * @param limits bounds of connections and streams
 * @param dialTimeout bound of one {@link Dialer#connect}, handshake included
 * @param handshakeTimeout bound of the set-up of an inbound connection
 * @param secureChannels what is proposed and accepted, in order of preference; at least one
 */
public record HostSettings(
        PrivateKey key,
        @Nullable NetworkSecret secret,
        List<Multiaddr> listen,
        List<Multiaddr> announce,
        List<Multiaddr> noAnnounce,
        String agentVersion,
        String protocolVersion,
        ConnectionLimits limits,
        Duration dialTimeout,
        Duration handshakeTimeout,
        List<SecureChannel> secureChannels) {
    /** Longest text for agent and protocol version, in characters. */
    public static final int MAX_VERSION_LENGTH = 256;

    public HostSettings {
        listen = List.copyOf(listen);
        announce = List.copyOf(announce);
        noAnnounce = List.copyOf(noAnnounce);
        secureChannels = List.copyOf(secureChannels);
        if (secureChannels.isEmpty()) {
            throw new IllegalArgumentException("a host needs at least one secure channel");
        }
        checkText("agent version", agentVersion);
        checkText("protocol version", protocolVersion);
        checkPositive("dial timeout", dialTimeout);
        checkPositive("handshake timeout", handshakeTimeout);
    }

    /** Defaults: public network, not listening, 3 s per dial, 15 s per inbound handshake. */
    public static HostSettings of(PrivateKey key) {
        return new HostSettings(
                key,
                null,
                List.of(),
                List.of(),
                List.of(),
                "pinion",
                "",
                ConnectionLimits.DEFAULT,
                Duration.ofSeconds(3),
                Duration.ofSeconds(15),
                List.of(SecureChannel.NOISE, SecureChannel.TLS));
    }

    /** The same in another network; null for the public one. */
    public HostSettings withSecret(@Nullable NetworkSecret newSecret) {
        return new HostSettings(
                key,
                newSecret,
                listen,
                announce,
                noAnnounce,
                agentVersion,
                protocolVersion,
                limits,
                dialTimeout,
                handshakeTimeout,
                secureChannels);
    }

    /** The same with other listen addresses. */
    public HostSettings withListen(List<Multiaddr> newListen) {
        return new HostSettings(
                key,
                secret,
                newListen,
                announce,
                noAnnounce,
                agentVersion,
                protocolVersion,
                limits,
                dialTimeout,
                handshakeTimeout,
                secureChannels);
    }

    /** The same with other addresses to tell, and not to tell. */
    public HostSettings withAnnounce(List<Multiaddr> newAnnounce, List<Multiaddr> newNoAnnounce) {
        return new HostSettings(
                key,
                secret,
                listen,
                newAnnounce,
                newNoAnnounce,
                agentVersion,
                protocolVersion,
                limits,
                dialTimeout,
                handshakeTimeout,
                secureChannels);
    }

    /** The same with other texts for identify. */
    public HostSettings withVersions(String newAgentVersion, String newProtocolVersion) {
        return new HostSettings(
                key,
                secret,
                listen,
                announce,
                noAnnounce,
                newAgentVersion,
                newProtocolVersion,
                limits,
                dialTimeout,
                handshakeTimeout,
                secureChannels);
    }

    /** The same with other bounds. */
    public HostSettings withLimits(ConnectionLimits newLimits, Duration newDialTimeout) {
        return new HostSettings(
                key,
                secret,
                listen,
                announce,
                noAnnounce,
                agentVersion,
                protocolVersion,
                newLimits,
                newDialTimeout,
                handshakeTimeout,
                secureChannels);
    }

    /** The same with other secure channels, the preferred one first. */
    public HostSettings withSecureChannels(List<SecureChannel> newSecureChannels) {
        return new HostSettings(
                key,
                secret,
                listen,
                announce,
                noAnnounce,
                agentVersion,
                protocolVersion,
                limits,
                dialTimeout,
                handshakeTimeout,
                newSecureChannels);
    }

    private static void checkText(String what, String text) {
        if (text.length() > MAX_VERSION_LENGTH) {
            throw new IllegalArgumentException(
                    what + " has " + text.length() + " characters, limit " + MAX_VERSION_LENGTH);
        }
    }

    private static void checkPositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " must be positive: " + duration);
        }
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "HostSettings[id=" + key.publicKey() + ", private=" + (secret != null) + ", listen=" + listen + "]";
    }
}
