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
package org.pinion.monitor.pubsubmon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.itests.testkit.fakes.ManualExecutors;
import org.pinion.libp2p.api.MessageValidator;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubMessage;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Topic;
import org.pinion.libp2p.api.TopicListener;
import org.pinion.spi.Alert;
import org.pinion.spi.Metric;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

class PubsubMonitorTest {
    private static final PeerId SELF = peer(1);
    private static final PeerId OTHER = peer(2);

    private final ManualExecutors executors = new ManualExecutors();
    private final FakeTopic topic = new FakeTopic();
    private final PubsubMonitor monitor = monitor();

    @Test
    void publishedMetricArrivesAtThisPeerToo() {
        monitor.setPubsub(topic.pubsub());
        Metric metric = metric("ping", SELF, 30);

        assertThat(monitor.publish(metric)).isCompleted();

        assertThat(monitor.latest("ping")).containsExactly(metric.receivedAt(now()));
        assertThat(monitor.names()).containsExactly("ping");
    }

    @Test
    void expiredMetricIsNotSent() {
        monitor.setPubsub(topic.pubsub());
        assertThat(monitor.publish(metric("ping", SELF, -1))).isCompleted();
        assertThat(topic.sent).isEmpty();
    }

    @Test
    void withoutPubsubPublishingFailsAndNamesIt() {
        assertThat(monitor.publish(metric("ping", SELF, 30)).toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("no PubSub");
    }

    @Test
    void metricInTheNameOfAnotherPeerIsDropped() {
        monitor.setPubsub(topic.pubsub());
        topic.deliver(SELF, MetricCodec.encode(metric("ping", OTHER, 30)));
        topic.deliver(SELF, new byte[] {1, 2, 3});
        assertThat(monitor.names()).isEmpty();
    }

    @Test
    void alertComesOnceAtTheFirstCheckAfterExpiry() {
        List<Alert> alerts = new ArrayList<>();
        monitor.listeners = List.of(alerts::add);
        monitor.log(metric("ping", OTHER, 20));

        executors.advance(Duration.ofSeconds(15));
        assertThat(alerts).isEmpty();
        executors.advance(Duration.ofSeconds(60));

        assertThat(alerts).hasSize(1);
        assertThat(alerts.get(0).metric().peer()).isEqualTo(OTHER);
        assertThat(alerts.get(0).triggeredAt()).isEqualTo(Instant.parse("2026-01-01T00:00:30Z"));
    }

    @Test
    void shorterIntervalIsTakenWithoutARestart() {
        List<Alert> alerts = new ArrayList<>();
        monitor.listeners = List.of(alerts::add);
        monitor.log(metric("ping", OTHER, 1));
        monitor.modified(Map.of("check.interval", "2s"));
        executors.advance(Duration.ofSeconds(2));
        assertThat(alerts).hasSize(1);
    }

    @Test
    void successorKnowsTheMetricsThatAreStillValid() {
        FakeStore store = new FakeStore();
        monitor.setDatastore(store);
        monitor.log(metric("ping", SELF, 30));
        monitor.log(metric("ping", OTHER, 5));
        executors.advance(Duration.ofSeconds(10));
        monitor.close();

        PubsubMonitor successor = monitor();
        successor.setDatastore(store);

        assertThat(successor.latest("ping")).extracting(Metric::peer).containsExactly(SELF);
        assertThat(successor.latest("ping", OTHER)).isEmpty();
    }

    @Test
    void topicIsLeftWhenPubsubGoes() {
        PubSub pubsub = topic.pubsub();
        monitor.setPubsub(pubsub);
        monitor.unsetPubsub(pubsub);
        assertThat(topic.closed).isTrue();
    }

    @Test
    void missingOrZeroIntervalIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MonitorSettings.of(Map.of()))
                .withMessageStartingWith("pubsubmon.check_interval too low");
        assertThat(MonitorSettings.of(Map.of("check.interval", "15s")).checkInterval())
                .isEqualTo(Duration.ofSeconds(15));
    }

    private PubsubMonitor monitor() {
        return new PubsubMonitor(Map.of("check.interval", "15s"), executors);
    }

    private Instant now() {
        return executors.clock().instant();
    }

    private Metric metric(String name, PeerId peer, long ttlSeconds) {
        return new Metric(name, peer, "1", Metric.unixNanos(now().plusSeconds(ttlSeconds)), true, 0, false, 0);
    }

    private static PeerId peer(int number) {
        return PeerId.ofBytes(Multihash.identity(new byte[] {(byte) number}).bytes());
    }

    /** Gives every message straight back to the subscribers. */
    private static final class FakeTopic implements Topic {
        private final List<byte[]> sent = new ArrayList<>();
        private final List<Consumer<PubSubMessage>> subscribers = new ArrayList<>();
        private boolean closed;

        PubSub pubsub() {
            return new PubSub() {
                @Override
                public Topic join(String name, MessageValidator validator) {
                    assertThat(name).isEqualTo("monitor.metrics");
                    return FakeTopic.this;
                }

                @Override
                public void close() {}
            };
        }

        void deliver(PeerId author, byte[] data) {
            PubSubMessage message = new PubSubMessage(author, author, name(), data, new byte[8]);
            subscribers.forEach(subscriber -> subscriber.accept(message));
        }

        @Override
        public String name() {
            return "monitor.metrics";
        }

        @Override
        public CompletionStage<Void> publish(byte[] data) {
            sent.add(data);
            deliver(SELF, data);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Registration subscribe(Consumer<PubSubMessage> subscriber) {
            subscribers.add(subscriber);
            return () -> subscribers.remove(subscriber);
        }

        @Override
        public Registration listen(TopicListener listener) {
            return () -> {};
        }

        @Override
        public List<PeerId> peers() {
            return List.of();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** A store in memory that knows one space. */
    private static final class FakeStore implements Datastore {
        private final TreeMap<byte[], byte[]> rows = new TreeMap<>(java.util.Arrays::compareUnsigned);

        @Override
        public byte[] get(Space space, byte[] key) {
            return rows.get(key);
        }

        @Override
        public boolean contains(Space space, byte[] key) {
            return rows.containsKey(key);
        }

        @Override
        public Cursor<Row> scan(Space space, byte[] from, byte[] to) {
            List<Row> found = new ArrayList<>();
            rows.subMap(from, to).forEach((key, value) -> found.add(new Row(key, value)));
            return Cursor.of(found);
        }

        @Override
        public void write(WriteBatch batch, Durability durability) {
            for (WriteBatch.Change change : batch.changes()) {
                if (change.rangeEnd() != null) {
                    rows.subMap(change.key(), change.rangeEnd()).clear();
                } else {
                    rows.put(change.key(), change.value());
                }
            }
        }

        @Override
        public void sync() {}

        @Override
        public long approximateBytes(Space space) {
            return 0;
        }
    }
}
