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
package org.pinion.rpc;

import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.consensus.Membership;
import org.pinion.spi.consensus.TrustPolicy;
import org.pinion.spi.ipfsconnector.IpfsBlocks;
import org.pinion.spi.ipfsconnector.IpfsRepo;
import org.pinion.spi.ipfsconnector.IpfsSwarm;
import org.pinion.spi.pintracker.PinTracker;

/** This peer's components that other peers may call; each may be away for a while. */
@Component(service = Components.class)
public final class Components {
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable Peers peers;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable PinStatuses statuses;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable Health health;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable PinTracker tracker;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable IpfsBlocks blocks;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable IpfsRepo repo;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable IpfsSwarm swarm;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable Consensus consensus;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable Membership membership;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable TrustPolicy trust;

    /** The component, or an error that names what is away. */
    static <T> T present(@Nullable T component, String name) {
        if (component == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, name + " is not available on this peer at the moment");
        }
        return component;
    }
}
