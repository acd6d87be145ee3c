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
package org.pinion.ipld.multiformats;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Parts that a {@link Multiaddr} is made of, with their text names and codes.
 *
 * <p>Specification: multiaddr protocol table.
 */
public enum Protocol {
    /** IPv4 address. */
    IP4("ip4", 4, AddressValue.IP4),
    /** TCP port. */
    TCP("tcp", 6, AddressValue.PORT),
    /** DCCP port. */
    DCCP("dccp", 33, AddressValue.PORT),
    /** IPv6 address. */
    IP6("ip6", 41, AddressValue.IP6),
    /** Zone of the IPv6 address that follows. */
    IP6ZONE("ip6zone", 42, AddressValue.TEXT),
    /** Prefix length of the address in front. */
    IPCIDR("ipcidr", 43, AddressValue.PREFIX_LENGTH),
    /** Name that resolves to IPv4 or IPv6. */
    DNS("dns", 53, AddressValue.TEXT),
    /** Name that resolves to IPv4. */
    DNS4("dns4", 54, AddressValue.TEXT),
    /** Name that resolves to IPv6. */
    DNS6("dns6", 55, AddressValue.TEXT),
    /** Name whose TXT records are multiaddrs. */
    DNSADDR("dnsaddr", 56, AddressValue.TEXT),
    /** SCTP port. */
    SCTP("sctp", 132, AddressValue.PORT),
    /** UDP port. */
    UDP("udp", 273, AddressValue.PORT),
    /** WebRTC without signalling. */
    WEBRTC_DIRECT("webrtc-direct", 280, AddressValue.NONE),
    /** WebRTC. */
    WEBRTC("webrtc", 281, AddressValue.NONE),
    /** Relayed by the peer in front. */
    P2P_CIRCUIT("p2p-circuit", 290, AddressValue.NONE),
    /** UDT. */
    UDT("udt", 301, AddressValue.NONE),
    /** uTP. */
    UTP("utp", 302, AddressValue.NONE),
    /** Path of a unix socket; takes the rest of the text. */
    UNIX("unix", 400, AddressValue.PATH),
    /** Peer id; {@code ipfs} is read as another name of it. */
    P2P("p2p", 421, AddressValue.PEER_ID),
    /** HTTPS. */
    HTTPS("https", 443, AddressValue.NONE),
    /** Tor hidden service of version 2. */
    ONION("onion", 444, AddressValue.ONION),
    /** Tor hidden service of version 3. */
    ONION3("onion3", 445, AddressValue.ONION3),
    /** I2P destination. */
    GARLIC64("garlic64", 446, AddressValue.GARLIC64),
    /** I2P short destination. */
    GARLIC32("garlic32", 447, AddressValue.GARLIC32),
    /** TLS. */
    TLS("tls", 448, AddressValue.NONE),
    /** Server name of the TLS in front. */
    SNI("sni", 449, AddressValue.TEXT),
    /** Noise. */
    NOISE("noise", 454, AddressValue.NONE),
    /** QUIC of draft 29. */
    QUIC("quic", 460, AddressValue.NONE),
    /** QUIC. */
    QUIC_V1("quic-v1", 461, AddressValue.NONE),
    /** WebTransport. */
    WEBTRANSPORT("webtransport", 465, AddressValue.NONE),
    /** Hash of a certificate, as multibase multihash. */
    CERTHASH("certhash", 466, AddressValue.CERT_HASH),
    /** WebSocket. */
    WS("ws", 477, AddressValue.NONE),
    /** WebSocket over TLS. */
    WSS("wss", 478, AddressValue.NONE),
    /** HTTP. */
    HTTP("http", 480, AddressValue.NONE),
    /** Percent-encoded HTTP path. */
    HTTP_PATH("http-path", 481, AddressValue.HTTP_PATH),
    /** In-process transport of tests. */
    MEMORY("memory", 777, AddressValue.MEMORY);

    private static final Map<String, Protocol> BY_NAME = new HashMap<>();
    private static final Map<Long, Protocol> BY_CODE = new HashMap<>();

    static {
        for (Protocol protocol : values()) {
            BY_NAME.put(protocol.text, protocol);
            BY_CODE.put((long) protocol.code, protocol);
        }
        BY_NAME.put("ipfs", P2P);
    }

    private final String text;
    private final int code;
    private final AddressValue value;

    Protocol(String text, int code, AddressValue value) {
        this.text = text;
        this.code = code;
        this.value = value;
    }

    /** The protocol of a text name, if it is known. */
    public static Optional<Protocol> byName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The protocol of a code, if it is known. */
    public static Optional<Protocol> byCode(long code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }

    /** Name in the text form. */
    public String text() {
        return text;
    }

    /** Code in the binary form. */
    public int code() {
        return code;
    }

    /** Whether a value follows the name. */
    public boolean hasValue() {
        return value != AddressValue.NONE;
    }

    /** Whether the value takes the rest of the text, slashes included. */
    public boolean isPath() {
        return value == AddressValue.PATH;
    }

    AddressValue value() {
        return value;
    }

    /** The text name. */
    @Override
    public String toString() {
        return text;
    }
}
