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
package org.pinion.allocator.balanced;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.allocator.AllocationRequest;
import org.pinion.spi.allocator.Allocator;

/**
 * Splits peers into groups by the values of the first metric, each group by the second, and so on, and then takes one
 * peer of each group in turn, the heaviest groups first.
 */
@Component(
        service = Allocator.class,
        configurationPid = "org.pinion.allocator.balanced",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class BalancedAllocator implements Allocator {
    private static final List<String> DEFAULT_ALLOCATE_BY = List.of("tag:group", "freespace");

    private volatile List<String> allocateBy;

    /** Takes its section of service.json. */
    @Activate
    public BalancedAllocator(Map<String, Object> properties) {
        allocateBy = allocateBy(properties);
    }

    /** Takes changed settings without a restart. */
    @Modified
    void modified(Map<String, Object> properties) {
        allocateBy = allocateBy(properties);
    }

    /** As in the reference, an empty list keeps the default. */
    static List<String> allocateBy(Map<String, Object> properties) {
        Object value = properties.get("allocate.by");
        List<String> names = value instanceof String[] texts
                ? List.of(texts)
                : value == null ? List.of() : List.of(value.toString().split(","));
        return names.isEmpty() ? DEFAULT_ALLOCATE_BY : names;
    }

    @Override
    public List<String> metrics() {
        return allocateBy;
    }

    @Override
    public List<PeerId> allocate(AllocationRequest request) {
        List<String> names = allocateBy;
        List<PeerId> order = new ArrayList<>(
                request.preferred().size() + request.candidates().size());
        Partitions.order(request.cid(), request.preferred(), names, order);
        Partitions.order(request.cid(), request.candidates(), names, order);
        return order;
    }
}
