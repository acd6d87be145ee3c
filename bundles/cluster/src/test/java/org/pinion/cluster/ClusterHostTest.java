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
package org.pinion.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.itests.testkit.fakes.ManualExecutors;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.LocalDiscoveries;
import org.pinion.libp2p.api.MessageValidator;
import org.pinion.libp2p.api.PeerAddresses;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.api.Routing;
import org.pinion.libp2p.api.RoutingSettings;
import org.pinion.libp2p.api.Routings;
import org.pinion.libp2p.api.Topic;
import org.pinion.spi.cluster.Bandwidth;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.config.Secrets;

class ClusterHostTest {
    @TempDir
    Path folder;

    private final List<Class<?>> registered = new ArrayList<>();
    private final FakeHost plain = new FakeHost();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicBoolean refuse = new AtomicBoolean();
    private final List<PubSubSettings> pubsubSettings = new ArrayList<>();
    private ClusterHost host;

    @BeforeEach
    void make() {
        host = new ClusterHost(
                context(),
                settings -> {
                    if (refuse.getAndSet(false)) {
                        throw new IOException("listen: address already in use");
                    }
                    opened.incrementAndGet();
                    return plain;
                },
                (opened, settings) -> new NoPubSub(),
                new Key(),
                new Folder(folder),
                new ManualExecutors());
        host.setConfig(() -> Fakes.settings(false, true));
    }

    @Test
    void routingIsOpenedWithTheHostAndClosedBeforeIt() {
        FakeRoutings routings = new FakeRoutings();
        host.setRoutings(routings);
        assertThat(routings.open).isEmpty();
        host.activate();
        assertThat(routings.open).hasSize(1);
        assertThat(routings.host).isSameAs(plain);
        assertThat(registered).containsExactlyInAnyOrder(Host.class, PubSub.class, Bandwidth.class, Routing.class);
        host.closeHost();
        assertThat(routings.open).isEmpty();
        assertThat(registered).isEmpty();
    }

    @Test
    void routingComesAndGoesWhileTheHostStays() {
        host.activate();
        assertThat(registered).containsExactlyInAnyOrder(Host.class, PubSub.class, Bandwidth.class);
        FakeRoutings first = new FakeRoutings();
        FakeRoutings second = new FakeRoutings();
        host.setRoutings(first);
        assertThat(registered).contains(Routing.class);
        host.setRoutings(second);
        host.unsetRoutings(first);
        assertThat(first.open).isEmpty();
        assertThat(second.open).hasSize(1);
        host.unsetRoutings(second);
        assertThat(second.open).isEmpty();
        assertThat(registered).containsExactlyInAnyOrder(Host.class, PubSub.class, Bandwidth.class);
    }

    @Test
    void routingThatCannotBeOpenedLeavesTheHostAlone() {
        host.activate();
        host.setRoutings((opened, settings) -> {
            throw new IllegalStateException("protocol has a handler already");
        });
        assertThat(registered).containsExactlyInAnyOrder(Host.class, PubSub.class, Bandwidth.class);
    }

    @Test
    void settingsThatARunningHostTakesLeaveItOpen() {
        host.activate();
        int services = opened.get();
        host.setConfig(() -> Fakes.settings(true, true));
        assertThat(opened.get()).isEqualTo(services);
        assertThat(pubsubSettings)
                .singleElement()
                .satisfies(settings -> assertThat(settings.peerExchange()).isFalse());
        host.setConfig(() -> Fakes.withResources(new ClusterSettings.Resources(true, 1 << 20, 0)));
        assertThat(opened.get()).as("opened anew").isGreaterThan(services);
    }

    @Test
    void aHostThatCannotBeOpenedWithChangedSettingsComesBackWithTheOldOnes() {
        host.activate();
        refuse.set(true);
        host.setConfig(() -> Fakes.withResources(new ClusterSettings.Resources(true, 1 << 20, 0)));
        assertThat(registered).contains(Host.class);
    }

    @Test
    void neighboursAreLookedForOnlyWhileTheIntervalIsMoreThanZero() {
        List<String> calls = new ArrayList<>();
        LocalDiscoveries discoveries = (opened, service, found) -> {
            calls.add("open " + service);
            return () -> calls.add("close");
        };
        host.setDiscoveries(discoveries);
        host.activate();
        assertThat(calls).isEmpty();
        host.setConfig(() -> Fakes.withMdns(Duration.ofSeconds(10)));
        host.setConfig(() -> Fakes.withMdns(Duration.ofSeconds(20)));
        assertThat(calls).containsExactly("open _ipfs-cluster-discovery._udp");
        host.setConfig(() -> Fakes.withMdns(Duration.ZERO));
        assertThat(calls).hasSize(2).last().isEqualTo("close");
        host.setConfig(() -> Fakes.withMdns(Duration.ofSeconds(10)));
        host.unsetDiscoveries(discoveries);
        assertThat(calls).hasSize(4).last().isEqualTo("close");
    }

    /** Routings that know nobody. */
    private static final class FakeRoutings implements Routings {
        final List<Routing> open = new ArrayList<>();
        Host host;

        @Override
        public Routing open(Host on, RoutingSettings settings) {
            assertThat(settings).isEqualTo(RoutingSettings.CLUSTER);
            host = on;
            Routing opened = new Routing() {
                @Override
                public CompletionStage<List<Multiaddr>> findPeer(PeerId peer) {
                    return CompletableFuture.completedFuture(List.of());
                }

                @Override
                public CompletionStage<List<PeerAddresses>> closestPeers(byte[] key) {
                    return CompletableFuture.completedFuture(List.of());
                }

                @Override
                public CompletionStage<Void> refresh() {
                    return CompletableFuture.completedFuture(null);
                }

                @Override
                public Set<PeerId> peers() {
                    return Set.of();
                }

                @Override
                public void close() {
                    open.remove(this);
                }
            };
            open.add(opened);
            return opened;
        }
    }

    private final class NoPubSub implements PubSub {
        @Override
        public void configure(PubSubSettings settings) {
            pubsubSettings.add(settings);
        }

        @Override
        public Topic join(String name, MessageValidator validator) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public void close() {}
    }

    private static final class Key implements Secrets {
        @Override
        public PeerId peerId() {
            return PeerId.of(privateKey());
        }

        @Override
        public PrivateKey privateKey() {
            return PrivateKey.ofEd25519Seed(new byte[32]);
        }

        @Override
        public Optional<byte[]> clusterSecret() {
            return Optional.empty();
        }

        @Override
        public Optional<String> value(String pid, String key) {
            return Optional.empty();
        }
    }

    private record Folder(Path root) implements PeerFolder {
        @Override
        public Path own() {
            return root.resolve("pinion");
        }
    }

    /** Remembers which services are registered now. */
    private BundleContext context() {
        return proxy(BundleContext.class, (name, arguments) -> {
            assertThat(name).isEqualTo("registerService");
            Class<?> type = (Class<?>) arguments[0];
            registered.add(type);
            return proxy(ServiceRegistration.class, (method, none) -> {
                assertThat(method).isEqualTo("unregister");
                registered.remove(type);
                return null;
            });
        });
    }

    private interface Call {
        Object made(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> call.made(method.getName(), arguments);
                }));
    }
}
