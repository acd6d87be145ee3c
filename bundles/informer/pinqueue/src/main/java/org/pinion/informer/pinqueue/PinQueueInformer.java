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
package org.pinion.informer.pinqueue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.pinion.spi.informer.Informer;
import org.pinion.spi.pintracker.PinTracker;

/** Measures how many pins wait; peers with long queues weigh less. */
@Component(
        service = Informer.class,
        configurationPid = "org.pinion.informer.pinqueue",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class PinQueueInformer implements Informer {
    private static final String METRIC = "pinqueue";

    private volatile PinQueueSettings settings;

    /** The pin tracker; absent while it is replaced. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable PinTracker tracker;

    /** Takes its section of service.json. */
    @Activate
    public PinQueueInformer(Map<String, Object> properties) {
        settings = PinQueueSettings.of(properties);
    }

    /** Takes changed settings without a restart. */
    @Modified
    void modified(Map<String, Object> properties) {
        settings = PinQueueSettings.of(properties);
    }

    @Override
    public String name() {
        return METRIC;
    }

    @Override
    public Duration ttl() {
        return settings.metricTtl();
    }

    @Override
    public CompletionStage<List<Reading>> measure() {
        PinTracker current = tracker;
        Reading reading = current == null
                ? new Reading(METRIC, "0", 0, false, false)
                : reading(current.pinQueueSize(), settings.weightBucketSize());
        return CompletableFuture.completedFuture(List.of(reading));
    }

    /** The reading of a queue: pure. Lengths in one bucket weigh the same; bucket 0 = every length counts. */
    static Reading reading(long queued, long bucket) {
        long weight = bucket == 0 ? -queued : -(queued / bucket);
        return new Reading(METRIC, Long.toString(queued), weight, false, true);
    }
}
