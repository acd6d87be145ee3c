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
package org.pinion.informer.disk;

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
import org.pinion.spi.RepoStat;
import org.pinion.spi.informer.Informer;
import org.pinion.spi.ipfsconnector.IpfsRepo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures the IPFS repository: free bytes ({@code freespace}) or used bytes ({@code reposize}). */
@Component(
        service = Informer.class,
        configurationPid = "org.pinion.informer.disk",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class DiskInformer implements Informer {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.informer.disk");

    private volatile DiskSettings settings;

    /** The IPFS node; absent while its connector is replaced. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable IpfsRepo repo;

    /** Takes its section of service.json. */
    @Activate
    public DiskInformer(Map<String, Object> properties) {
        settings = DiskSettings.of(properties);
    }

    /** Takes changed settings without a restart. */
    @Modified
    void modified(Map<String, Object> properties) {
        settings = DiskSettings.of(properties);
    }

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public Duration ttl() {
        return settings.metricTtl();
    }

    @Override
    public CompletionStage<List<Reading>> measure() {
        DiskSettings.Type type = settings.metricType();
        IpfsRepo current = repo;
        if (current == null) {
            return CompletableFuture.completedFuture(List.of(type.unknown()));
        }
        return current.stat().handle((stat, failure) -> {
            if (failure != null || stat == null) {
                LOG.debug("repository could not be measured", failure);
                return List.of(type.unknown());
            }
            return List.of(reading(type, stat));
        });
    }

    /** The reading of a repository: pure. */
    static Reading reading(DiskSettings.Type type, RepoStat stat) {
        return switch (type) {
            case FREESPACE -> {
                boolean room = stat.repoBytes() < stat.storageMaxBytes();
                long free = room ? stat.storageMaxBytes() - stat.repoBytes() : 0;
                yield new Reading(type.text(), Long.toString(free), free, false, room);
            }
            case REPOSIZE -> new Reading(type.text(), Long.toString(stat.repoBytes()), -stat.repoBytes(), false, true);
        };
    }
}
