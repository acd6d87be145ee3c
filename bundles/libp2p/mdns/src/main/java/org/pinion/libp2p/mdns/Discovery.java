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
package org.pinion.libp2p.mdns;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.PeerAddresses;
import org.pinion.spi.exec.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One host's discovery: a link to every network, looked at again now and then because networks and addresses come and
 * go. Fields belong to the lane.
 */
final class Discovery {
    /** The start of a peer has better things to do. */
    static final Duration DELAY = Duration.ofSeconds(1);

    static final Duration REPEAT = Duration.ofSeconds(1);
    static final Duration ROUND = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.mdns");
    private static final int MAX_INSTANCES = 256;
    private static final int NAME_LENGTH = 40;
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

    private final Means means;
    private final Host host;
    private final Consumer<PeerAddresses> found;
    private final String name;
    private final Map<InetAddress, Link> links = new HashMap<>();
    private final Map<String, List<PeerAddresses>> instances = new LinkedHashMap<>();
    private byte[] told = {};
    private boolean failed;
    private boolean repeated;

    /**
     * What a discovery works with.
     *
     * @param lane its thread and timers; closed with it
     * @param networks our addresses, one for each network
     * @param opener opens a link to one of them
     */
    record Means(Lane lane, Supplier<Set<InetAddress>> networks, Link.Opener opener) {}

    Discovery(Means means, Host host, Consumer<PeerAddresses> found) {
        this.means = means;
        this.host = host;
        this.found = found;
        name = randomName();
    }

    /** A name that says nothing, as others have one. */
    private static String randomName() {
        StringBuilder text = new StringBuilder();
        new SecureRandom()
                .ints(NAME_LENGTH, 0, LETTERS.length())
                .forEach(letter -> text.append(LETTERS.charAt(letter)));
        return text.toString();
    }

    void start() {
        means.lane().schedule(DELAY, this::round);
    }

    /** New links tell and ask twice, the second time soon after the first: packets get lost. */
    private void round() {
        if (look() && !repeated) {
            repeated = true;
            means.lane().schedule(REPEAT, this::round);
            return;
        }
        repeated = false;
        instances.values().forEach(peers -> peers.forEach(found));
        means.lane().schedule(ROUND, this::round);
    }

    /** Looks at networks and addresses; true if any of them is new. */
    private boolean look() {
        byte[] record = TextRecord.of(host.id(), host.addresses());
        Set<InetAddress> networks = means.networks().get();
        links.entrySet().removeIf(entry -> {
            boolean gone = !networks.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        boolean changed = !Arrays.equals(record, told);
        told = record;
        for (InetAddress address : networks) {
            changed |= !links.containsKey(address);
            speak(address, record);
        }
        if (networks.isEmpty() && !failed) {
            failed = true;
            LOG.debug("peers of the local network are not looked for: no network carries multicast");
        }
        return changed && !links.isEmpty();
    }

    private void speak(InetAddress address, byte[] record) {
        try {
            Link link = links.get(address);
            if (link == null) {
                link = means.opener().open(address, name, new Listener());
                links.put(address, link);
            }
            if (record.length > 0) {
                link.tell(record);
            }
            link.ask();
        } catch (IOException | RuntimeException e) {
            if (!failed) {
                failed = true;
                LOG.debug("peers are not looked for on the network of {}: {}", address.getHostAddress(), e.toString());
            }
        }
    }

    private void there(String instance, byte[] text) {
        List<PeerAddresses> peers = TextRecord.parse(text).stream()
                .filter(peer -> !peer.id().equals(host.id()))
                .toList();
        if (peers.isEmpty() || (instances.size() >= MAX_INSTANCES && !instances.containsKey(instance))) {
            return;
        }
        if (!peers.equals(instances.put(instance, peers))) {
            peers.forEach(peer -> {
                LOG.debug("{} is on the local network: {}", peer.id(), peer.addresses());
                found.accept(peer);
            });
        }
    }

    /** Says goodbye and ends all links. */
    void close() {
        means.lane().execute(() -> {
            links.values().forEach(Link::close);
            links.clear();
        });
        means.lane().close();
    }

    /** Brings what comes in to the lane; what comes too fast is dropped, it is told again. */
    private final class Listener implements Link.Heard {
        @Override
        public void there(String instance, byte[] text) {
            submit(() -> Discovery.this.there(instance, text));
        }

        @Override
        public void gone(String instance) {
            submit(() -> instances.remove(instance));
        }

        private void submit(Runnable task) {
            try {
                means.lane().execute(task);
            } catch (RejectedExecutionException e) {
                LOG.debug("an announcement on the local network is dropped: {}", e.getMessage());
            }
        }
    }
}
