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
package org.pinion.ipfsconnector.ipfshttp;

import java.time.Duration;
import java.util.Map;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.config.GoDuration;
import org.pinion.spi.ipfsconnector.RpcEndpoint;

/**
 * The section {@code ipfs_connector.ipfshttp}. Zero timeouts mean no limit.
 *
 * @param node where the RPC API listens
 * @param connectSwarmsDelay when the nodes of the other peers are dialled, after the peer got ready; zero = not then
 * @param requestTimeout bound of short calls
 * @param pinTimeout how long a pin may go without progress
 * @param unpinTimeout bound of unpinning
 * @param gcTimeout bound of a garbage collection
 * @param informerTriggerInterval every how many changes of the store the informers measure; 0 = never
 * @param unpinDisable whether nothing may be unpinned
 */
record IpfsHttpSettings(
        Multiaddr node,
        Duration connectSwarmsDelay,
        Duration requestTimeout,
        Duration pinTimeout,
        Duration unpinTimeout,
        Duration gcTimeout,
        long informerTriggerInterval,
        boolean unpinDisable) {
    static final IpfsHttpSettings DEFAULT = new IpfsHttpSettings(
            Multiaddr.parse("/ip4/127.0.0.1/tcp/5001"),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofMinutes(2),
            Duration.ofHours(3),
            Duration.ofHours(24),
            0,
            false);

    IpfsHttpSettings {
        notNegative("connect_swarms_delay", connectSwarmsDelay);
        notNegative("ipfs_request_timeout", requestTimeout);
        notNegative("pin_timeout", pinTimeout);
        notNegative("unpin_timeout", unpinTimeout);
        notNegative("repogc_timeout", gcTimeout);
        if (informerTriggerInterval < 0) {
            throw new IllegalArgumentException("ipfshttp.informer_trigger_interval invalid: " + informerTriggerInterval
                    + "; it must not be negative");
        }
    }

    /** Reads the component's properties; missing ones get the reference's defaults. */
    static IpfsHttpSettings of(Map<String, Object> properties) {
        Object node = properties.get("node.multiaddress");
        return new IpfsHttpSettings(
                node == null ? DEFAULT.node : Multiaddr.parse(node.toString()),
                duration(properties, "connect.swarms.delay", DEFAULT.connectSwarmsDelay),
                duration(properties, "ipfs.request.timeout", DEFAULT.requestTimeout),
                duration(properties, "pin.timeout", DEFAULT.pinTimeout),
                duration(properties, "unpin.timeout", DEFAULT.unpinTimeout),
                duration(properties, "repogc.timeout", DEFAULT.gcTimeout),
                Long.parseLong(String.valueOf(properties.getOrDefault("informer.trigger.interval", "0"))),
                Boolean.parseBoolean(String.valueOf(properties.getOrDefault("unpin.disable", "false"))));
    }

    /**
     * Where the RPC API listens.
     *
     * @throws IllegalArgumentException if the address is neither TCP nor a unix socket
     */
    RpcEndpoint endpoint() {
        try {
            return RpcEndpoint.of(node);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("ipfshttp.node_multiaddress: " + e.getMessage(), e);
        }
    }

    private static Duration duration(Map<String, Object> properties, String key, Duration fallback) {
        Object value = properties.get(key);
        return value == null ? fallback : GoDuration.parse(value.toString());
    }

    private static void notNegative(String key, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    "ipfshttp." + key + " invalid: " + GoDuration.format(value) + "; it must not be negative");
        }
    }
}
