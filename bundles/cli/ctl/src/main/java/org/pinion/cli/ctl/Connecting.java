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
package org.pinion.cli.ctl;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.pinion.client.ClientSettings;
import org.pinion.client.Libp2pTransport;
import org.pinion.client.Proxies;
import org.pinion.client.command.Options;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.api.NetworkSecret;

/** Reads from the global options how to reach the API, in the reference's order of checks. */
final class Connecting {
    /** Held, or its level would be forgotten. */
    private static final Logger NETTY = Logger.getLogger("io.netty");

    private static final String CREATING = "creating API client";

    private Connecting() {}

    static ClientSettings settings(Options global, Map<String, String> environment) {
        String secret = global.value("secret");
        if (!secret.matches("([0-9a-fA-F]{2})*")) {
            throw CtlException.doing("parsing secret", "not hex digits");
        }
        String credentials = global.has("basic-auth")
                ? global.value("basic-auth")
                : environment.getOrDefault("CLUSTER_CREDENTIALS", "");
        String encoding = global.value("encoding");
        if (Encoding.of(encoding) == null) {
            throw CtlException.doing("", "unsupported encoding: \"" + encoding + "\"; use text, json or table");
        }
        List<Multiaddr> hosts = new ArrayList<>();
        for (String text : global.value("host").split(",", -1)) {
            hosts.add(host(text));
        }
        boolean https = global.flag("https") || (!credentials.isEmpty() && !global.flag("force-http"));
        ClientSettings settings = new ClientSettings(
                        hosts,
                        https,
                        !global.flag("no-check-certificate"),
                        Optional.of(credentials).filter(pair -> !pair.isEmpty()),
                        // the reference takes negative numbers for no limit, too
                        Duration.ofSeconds(Math.max(0, Integer.parseInt(global.value("timeout")))))
                .withProxies(Proxies.of(environment));
        return hosts.stream().anyMatch(Connecting::isLibp2p) ? settings.withTransport(libp2p(secret)) : settings;
    }

    private static boolean isLibp2p(Multiaddr address) {
        return address.has("p2p") || address.has("dnsaddr");
    }

    /** Loaded only when it is needed: it is larger than everything else together. */
    private static Libp2pTransport libp2p(String secret) {
        // what it has to tell is told by the errors
        NETTY.setLevel(Level.OFF);
        try {
            return Libp2pTransport.load(secret.isEmpty() ? Optional.empty() : Optional.of(NetworkSecret.ofHex(secret)));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw CtlException.doing(CREATING, e.getMessage());
        }
    }

    private static Multiaddr host(String text) {
        Multiaddr address;
        try {
            address = Multiaddr.parse(text);
        } catch (IllegalArgumentException e) {
            throw CtlException.doing("parsing host multiaddress", e.getMessage());
        }
        if (isLibp2p(address)) {
            if (address.withoutPeerId().isEmpty()) {
                throw CtlException.doing(CREATING, "address is nothing but a peer's id: " + text);
            }
            return address;
        }
        if (!address.has("unix") && !address.has("tcp")) {
            throw CtlException.doing(CREATING, "address has neither a TCP port nor a unix path: " + text);
        }
        return address;
    }
}
