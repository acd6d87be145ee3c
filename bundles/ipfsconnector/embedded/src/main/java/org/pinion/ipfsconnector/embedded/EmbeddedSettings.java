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
package org.pinion.ipfsconnector.embedded;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.config.GoDuration;

/**
 * The section {@code ipfs_connector.embedded}.
 *
 * @param listen where the node listens
 * @param announce addresses told to others instead; empty = the real ones
 * @param neighbours addresses with {@code /p2p} that are dialled at the start: {@code bootstrap}
 * @param peers addresses with {@code /p2p} of nodes that it stays connected to: {@code peering}
 * @param storageMaxBytes most bytes of blocks
 * @param connectSwarmsDelay when the nodes of the other peers are dialled, after the peer got ready; zero = not then
 * @param pinTimeout how long a pin may go without progress
 * @param gcTimeout how long one garbage collection may take
 * @param informerTriggerInterval every how many changes of the store the informers measure; 0 = never
 * @param unpinDisable whether nothing may be unpinned
 */
record EmbeddedSettings(
        List<Multiaddr> listen,
        List<Multiaddr> announce,
        List<Multiaddr> neighbours,
        List<Multiaddr> peers,
        long storageMaxBytes,
        Duration connectSwarmsDelay,
        Duration pinTimeout,
        Duration gcTimeout,
        long informerTriggerInterval,
        boolean unpinDisable) {
    static final EmbeddedSettings DEFAULT = new EmbeddedSettings(
            List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/4001")),
            List.of(),
            List.of(),
            List.of(),
            10_000_000_000L,
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofHours(24),
            0,
            false);

    private static final Pattern BYTES = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,3})?) ?([KMGTP]?)(I?)B?");
    private static final String UNITS = "KMGTP";

    EmbeddedSettings {
        listen = List.copyOf(listen);
        announce = List.copyOf(announce);
        neighbours = List.copyOf(neighbours);
        peers = List.copyOf(peers);
        for (Multiaddr peer : peers) {
            if (peer.peerId().isEmpty()) {
                throw new IllegalArgumentException(
                        "embedded.peering holds " + peer + ", which has no /p2p/<id> at its end");
            }
        }
        if (connectSwarmsDelay.isNegative()) {
            throw new IllegalArgumentException("embedded.connect_swarms_delay is invalid: "
                    + GoDuration.format(connectSwarmsDelay) + "; it must not be negative");
        }
        if (informerTriggerInterval < 0) {
            throw new IllegalArgumentException("embedded.informer_trigger_interval is invalid: "
                    + informerTriggerInterval + "; it must not be negative");
        }
        positive("pin_timeout", pinTimeout);
        positive("repogc_timeout", gcTimeout);
    }

    /** Reads the component's properties; missing ones get the defaults. */
    static EmbeddedSettings of(Map<String, Object> properties) {
        List<Multiaddr> listen = addresses(properties, "listen.multiaddresses");
        return new EmbeddedSettings(
                listen.isEmpty() ? DEFAULT.listen : listen,
                addresses(properties, "announce.multiaddresses"),
                addresses(properties, "bootstrap"),
                addresses(properties, "peering"),
                bytes(String.valueOf(properties.getOrDefault("storage.max", "10GB"))),
                duration(properties, "connect.swarms.delay", DEFAULT.connectSwarmsDelay),
                duration(properties, "pin.timeout", DEFAULT.pinTimeout),
                duration(properties, "repogc.timeout", DEFAULT.gcTimeout),
                Long.parseLong(String.valueOf(properties.getOrDefault("informer.trigger.interval", "0"))),
                Boolean.parseBoolean(String.valueOf(properties.getOrDefault("unpin.disable", "false"))));
    }

    /** Bytes of a size like {@code 10GB} (thousands) or {@code 512MiB} (powers of 1024). */
    static long bytes(String text) {
        Matcher matcher = BYTES.matcher(text.toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "embedded.storage_max is not a size: \"" + text + "\"; use bytes like 10GB or 512MiB");
        }
        String unit = matcher.group(2);
        BigDecimal step = BigDecimal.valueOf(matcher.group(3).isEmpty() ? 1000 : 1024);
        BigDecimal factor = unit.isEmpty() ? BigDecimal.ONE : step.pow(UNITS.indexOf(unit) + 1);
        return new BigDecimal(matcher.group(1))
                .multiply(factor)
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .longValue();
    }

    private static List<Multiaddr> addresses(Map<String, Object> properties, String key) {
        Object value = properties.get(key);
        Stream<String> texts = value instanceof String[] array
                ? Stream.of(array)
                : value == null ? Stream.empty() : Stream.of(value.toString());
        return texts.filter(text -> !text.isEmpty()).map(Multiaddr::parse).toList();
    }

    private static Duration duration(Map<String, Object> properties, String key, Duration fallback) {
        Object value = properties.get(key);
        return value == null ? fallback : GoDuration.parse(value.toString());
    }

    private static void positive(String key, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "embedded." + key + " is invalid: " + GoDuration.format(value) + "; it must be more than 0s");
        }
    }
}
