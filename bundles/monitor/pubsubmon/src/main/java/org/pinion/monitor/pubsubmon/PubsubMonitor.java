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

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.MessageValidator;
import org.pinion.libp2p.api.Offenders;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubMessage;
import org.pinion.libp2p.api.Topic;
import org.pinion.spi.Alert;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Metric;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.monitor.AlertListener;
import org.pinion.spi.monitor.Monitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends this peer's metrics to the topic {@value #TOPIC}, keeps what the others send, and tells the listeners when a
 * peer's metric expired. Metrics whose peer is not the author of the message are dropped.
 */
@Component(
        name = "org.pinion.monitor.pubsubmon",
        immediate = true,
        service = Monitor.class,
        configurationPid = "org.pinion.monitor.pubsubmon",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PubsubMonitor implements Monitor {
    static final String TOPIC = "monitor.metrics";

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.monitor.pubsubmon");
    private static final MetricStore.Bounds BOUNDS = new MetricStore.Bounds(1024, 64, 10_000, 32 << 20);
    private static final int MAX_QUEUED = 16;

    private final InstantSource clock;
    private final Lane lane;
    private final MetricStore store = new MetricStore(BOUNDS);
    private final Offenders offenders = new Offenders();
    private volatile MonitorSettings settings;
    private @Nullable Cancellable nextCheck;
    private @Nullable Topic topic;
    private @Nullable PubSub pubsub;

    /** Takes metrics over a change of monitors; absent while it is replaced. */
    private @Nullable Datastore datastore;

    /** Who wants to hear of expired metrics. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    volatile List<AlertListener> listeners = List.of();

    /** Takes its section of service.json and starts to look for expired metrics. */
    @Activate
    public PubsubMonitor(Map<String, Object> properties, @Reference Executors executors) {
        settings = MonitorSettings.of(properties);
        clock = executors.clock();
        lane = executors.lane("monitor.pubsubmon", MAX_QUEUED);
        planCheck();
    }

    /** Takes changed settings without a restart. */
    @Modified
    void modified(Map<String, Object> properties) {
        settings = MonitorSettings.of(properties);
        planCheck();
    }

    /** Stops; valid metrics are kept for a successor. */
    @Deactivate
    void close() {
        lane.close();
        Topic joined;
        Datastore target;
        synchronized (this) {
            joined = topic;
            topic = null;
            target = datastore;
        }
        if (joined != null) {
            joined.close();
        }
        if (target != null) {
            try {
                SavedMetrics.save(target, store.usable(clock.instant()));
            } catch (ClusterException e) {
                LOG.debug("metrics could not be kept for a successor: {}", e.getMessage());
            }
        }
    }

    /** The cluster host's publish-subscribe came: takes part in the topic. */
    @Reference(
            target = "(pinion.host=cluster)",
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetPubsub")
    synchronized void setPubsub(PubSub came) {
        Topic joined = came.join(TOPIC, MessageValidator.ACCEPT_ALL);
        joined.subscribe(this::received);
        topic = joined;
        pubsub = came;
    }

    /** The cluster host's publish-subscribe goes. */
    synchronized void unsetPubsub(PubSub gone) {
        if (gone.equals(pubsub)) {
            Topic joined = topic;
            topic = null;
            pubsub = null;
            if (joined != null) {
                joined.close();
            }
        }
    }

    /** The datastore came: what a predecessor kept in it is taken over. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetDatastore")
    synchronized void setDatastore(Datastore came) {
        datastore = came;
        try {
            for (Metric metric : SavedMetrics.load(came, clock.instant())) {
                if (store.latest(metric.name(), metric.peer()).isEmpty()) {
                    store.add(metric);
                }
            }
        } catch (ClusterException e) {
            LOG.warn("saved metrics cannot be read, peers are known again with their next ones: {}", e.getMessage());
        }
    }

    /** The datastore goes. */
    synchronized void unsetDatastore(Datastore gone) {
        if (gone.equals(datastore)) {
            datastore = null;
        }
    }

    @Override
    public CompletionStage<Void> publish(Metric metric) {
        if (metric.isDiscardable(clock.instant())) {
            LOG.warn("metric {} is not valid or expired and is not sent", metric.name());
            return CompletableFuture.completedFuture(null);
        }
        Topic joined;
        synchronized (this) {
            joined = topic;
        }
        if (joined == null) {
            return CompletableFuture.failedFuture(new ClusterException(
                    ErrorCode.UNAVAILABLE, "cannot publish metric " + metric.name() + ": no PubSub"));
        }
        try {
            return joined.publish(MetricCodec.encode(metric));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(ClusterException.of(e));
        }
    }

    @Override
    public void log(Metric metric) {
        if (!store.add(metric.receivedAt(clock.instant()))) {
            report(
                    metric.peer(),
                    "metric " + metric.name() + " is one of more than " + BOUNDS.namesOfAPeer() + " of this peer, or "
                            + BOUNDS.names() + " of all");
        }
    }

    @Override
    public List<Metric> latest(String name) {
        return store.latest(name, clock.instant());
    }

    @Override
    public Optional<Metric> latest(String name, PeerId peer) {
        return store.latest(name, peer);
    }

    @Override
    public List<String> names() {
        return store.names();
    }

    private void received(PubSubMessage message) {
        Metric metric;
        try {
            metric = MetricCodec.decode(message.data());
        } catch (IllegalArgumentException e) {
            report(message.author(), String.valueOf(e.getMessage()));
            return;
        }
        if (!metric.peer().equals(message.author())) {
            report(message.author(), "it sent metric " + metric.name() + " in the name of " + metric.peer());
            return;
        }
        log(metric);
    }

    private void report(PeerId author, String what) {
        if (offenders.isNew(author)) {
            LOG.warn("a metric of {} is dropped, further ones are not logged: {}", author, what);
        } else {
            LOG.debug("a metric of {} is dropped: {}", author, what);
        }
    }

    private synchronized void planCheck() {
        Cancellable planned = nextCheck;
        if (planned != null) {
            planned.cancel();
        }
        nextCheck = lane.schedule(settings.checkInterval(), this::check);
    }

    private void check() {
        planCheck();
        store.forget(clock.instant());
        for (Metric metric : store.expired(clock.instant())) {
            LOG.debug("metric {} of {} expired", metric.name(), metric.peer());
            Alert alert = new Alert(metric, clock.instant());
            for (AlertListener listener : listeners) {
                try {
                    listener.alert(alert);
                } catch (RuntimeException e) {
                    LOG.error("a listener failed on the alert for {} of {}", metric.name(), metric.peer(), e);
                }
            }
        }
    }
}
