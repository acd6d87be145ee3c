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
package org.pinion.informer.tags;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.pinion.spi.informer.Informer;

/** Gives every configured tag as a metric {@code tag:<key>}; peers with equal values form a group. */
@Component(
        service = Informer.class,
        configurationPid = "org.pinion.informer.tags",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class TagsInformer implements Informer {
    private static final Reading NO_TAGS = new Reading("tag:none", "", 0, true, false);

    private volatile TagsSettings settings;

    /** Takes its section of service.json. */
    @Activate
    public TagsInformer(Map<String, Object> properties) {
        settings = TagsSettings.of(properties);
    }

    /** Takes changed settings without a restart. */
    @Modified
    void modified(Map<String, Object> properties) {
        settings = TagsSettings.of(properties);
    }

    @Override
    public String name() {
        return "tags";
    }

    @Override
    public Duration ttl() {
        return settings.metricTtl();
    }

    @Override
    public CompletionStage<List<Reading>> measure() {
        List<Reading> readings = settings.tags().entrySet().stream()
                .map(tag -> new Reading("tag:" + tag.getKey(), tag.getValue(), 0, true, true))
                .toList();
        return CompletableFuture.completedFuture(readings.isEmpty() ? List.of(NO_TAGS) : readings);
    }
}
