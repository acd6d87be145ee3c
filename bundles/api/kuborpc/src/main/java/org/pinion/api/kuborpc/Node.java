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
package org.pinion.api.kuborpc;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.ipfsconnector.IpfsBlocks;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.ipfsconnector.IpfsRepo;
import org.pinion.spi.ipfsnode.NodeBlocks;
import org.pinion.spi.ipfsnode.NodeNetwork;
import org.pinion.spi.ipfsnode.NodePins;

/** The node in this process, as far as it is there. Any thread. */
@Component(service = Node.class)
public final class Node {
    /** Swappable: read once per use. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable IpfsConnector connector;

    /** Swappable: read once per use. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable IpfsBlocks fetching;

    /** Swappable: read once per use. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable IpfsRepo repo;

    /** Swappable: read once per use. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable NodeBlocks blocks;

    /** Swappable: read once per use. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable NodeNetwork network;

    /** Swappable: read once per use. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable NodePins pins;

    IpfsConnector connector() {
        return present(connector);
    }

    IpfsBlocks fetching() {
        return present(fetching);
    }

    IpfsRepo repo() {
        return present(repo);
    }

    NodeBlocks blocks() {
        return present(blocks);
    }

    NodeNetwork network() {
        return present(network);
    }

    NodePins pins() {
        return present(pins);
    }

    private static <T> T present(@Nullable T service) {
        if (service == null) {
            throw new ClusterException(
                    ErrorCode.UNAVAILABLE,
                    "the embedded IPFS node is not there; this API needs the section ipfs_connector.embedded");
        }
        return service;
    }

    /** Waits for a result as long as the client does; what is not waited for any more is cancelled. */
    static <T> T await(CompletableFuture<T> future, Call.Deadline deadline) {
        try {
            return future.get(deadline.left(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw ClusterException.of(e);
        } catch (TimeoutException | KuboException e) {
            future.cancel(false);
            throw KuboException.tooLate();
        } catch (InterruptedException e) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the API is closing", e);
        }
    }
}
