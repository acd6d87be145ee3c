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

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.PeerAddresses;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;

class DiscoveryTest {
    private static final PeerId OTHER = PeerId.of(PrivateKey.ofEd25519Seed(
            new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8
            }));

    private final ManualLane lane = new ManualLane();
    private final Set<InetAddress> networks = new LinkedHashSet<>();
    private final List<FakeLink> links = new ArrayList<>();
    private final List<PeerAddresses> found = new ArrayList<>();
    private List<Multiaddr> own = List.of(Multiaddr.parse("/ip4/10.0.0.1/tcp/9096"));
    private boolean broken;
    private Discovery discovery;

    @BeforeEach
    void make() throws IOException {
        networks.add(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));
        discovery = new Discovery(new Discovery.Means(lane, () -> networks, this::open), host(), found::add);
        discovery.start();
    }

    private Link open(InetAddress address, String name, Link.Heard heard) throws IOException {
        if (broken) {
            throw new IOException("no such group");
        }
        FakeLink link = new FakeLink(address, heard);
        links.add(link);
        return link;
    }

    @Test
    void nothingHappensInTheFirstMomentOfThePeer() {
        assertThat(links).isEmpty();
        lane.next();
        assertThat(links).hasSize(1);
    }

    @Test
    void networkIsToldAndAskedTwiceAndThenInRounds() {
        lane.next();
        assertThat(lane.delay).isEqualTo(Discovery.REPEAT);
        lane.next();
        assertThat(lane.delay).isEqualTo(Discovery.ROUND);
        assertThat(links.get(0).told).hasSize(2);
        assertThat(links.get(0).asked).isEqualTo(2);
        assertThat(TextRecord.parse(links.get(0).told.get(0)).get(0).id()).isEqualTo(TextRecordTest.PEER);
    }

    @Test
    void peersAreReportedWhenTheyComeAndAgainInRoundsWhileTheyAreThere() {
        lane.next();
        byte[] record = TextRecord.of(OTHER, List.of(Multiaddr.parse("/ip4/10.0.0.2/tcp/9096")));
        links.get(0).heard.there("other", record);
        links.get(0).heard.there("other", record);
        assertThat(found).hasSize(1);
        lane.next();
        lane.next();
        assertThat(found).hasSize(3);
        links.get(0).heard.gone("other");
        lane.next();
        assertThat(found).hasSize(3);
    }

    @Test
    void ownAnnouncementIsNoDiscovery() {
        lane.next();
        links.get(0).heard.there("me", TextRecord.of(TextRecordTest.PEER, own));
        assertThat(found).isEmpty();
    }

    @Test
    void floodOfInstancesIsBounded() {
        lane.next();
        byte[] record = TextRecord.of(OTHER, List.of(Multiaddr.parse("/ip4/10.0.0.2/tcp/9096")));
        for (int i = 0; i < 10_000; i++) {
            links.get(0).heard.there("i" + i, record);
        }
        assertThat(found).hasSize(256);
    }

    @Test
    void networksAndAddressesThatChangeAreFollowed() throws IOException {
        lane.next();
        lane.next();
        networks.clear();
        networks.add(InetAddress.getByAddress(new byte[] {10, 1, 0, 1}));
        own = List.of(Multiaddr.parse("/ip4/10.1.0.1/tcp/9096"));
        lane.next();
        assertThat(links).hasSize(2);
        assertThat(links.get(0).closed).isTrue();
        assertThat(TextRecord.parse(links.get(1).told.get(0)).get(0).addresses())
                .isEqualTo(own);
        assertThat(lane.delay).isEqualTo(Discovery.REPEAT);
    }

    @Test
    void networkWithoutMulticastIsTriedAgainLater() {
        broken = true;
        lane.next();
        assertThat(lane.delay).isEqualTo(Discovery.ROUND);
        broken = false;
        lane.next();
        assertThat(links).hasSize(1);
    }

    @Test
    void closingEndsTheLinks() {
        lane.next();
        discovery.close();
        assertThat(links.get(0).closed).isTrue();
        assertThat(lane.closed).isTrue();
    }

    private Host host() {
        return (Host) Proxy.newProxyInstance(
                Host.class.getClassLoader(),
                new Class<?>[] {Host.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "id" -> TextRecordTest.PEER;
                    case "addresses" -> own;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static final class FakeLink implements Link {
        final InetAddress address;
        final Heard heard;
        final List<byte[]> told = new ArrayList<>();
        int asked;
        boolean closed;

        FakeLink(InetAddress address, Heard heard) {
            this.address = address;
            this.heard = heard;
        }

        @Override
        public void tell(byte[] text) {
            told.add(text);
        }

        @Override
        public void ask() {
            asked++;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Runs tasks at once, and the last timer when told. */
    private static final class ManualLane implements Lane {
        Runnable timer;
        Duration delay;
        boolean closed;

        void next() {
            timer.run();
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void assertInside() {}

        @Override
        public Cancellable schedule(Duration when, Runnable task) {
            delay = when;
            timer = task;
            return () -> {};
        }

        @Override
        public void close(Duration atMost) {
            closed = true;
        }
    }
}
