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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.ClusterException;
import org.pinion.spi.Metric;
import org.pinion.spi.RepoGc;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.RpcMethods;

/** Readiness, metrics, alerts and garbage collection. */
final class HealthService implements Health {
    /** Garbage collection of a large repository takes its time. */
    private static final Duration GC_TIMEOUT = Duration.ofHours(1);

    private final ClusterParts parts;
    private final Readiness readiness;
    private final Repinner alerts;
    private final Known known;
    private final Workers workers;

    /**
     * Makes the service.
     *
     * @param workers wait for the IPFS node
     */
    HealthService(ClusterParts parts, Readiness readiness, Repinner alerts, Known known, Workers workers) {
        this.parts = parts;
        this.readiness = readiness;
        this.alerts = alerts;
        this.known = known;
        this.workers = workers;
    }

    @Override
    public boolean isReady() {
        return missing().isEmpty();
    }

    @Override
    public List<String> missing() {
        return readiness.missing();
    }

    @Override
    public List<Metric> metrics(String name) {
        return parts.monitor.get().latest(name);
    }

    @Override
    public List<String> metricNames() {
        return parts.monitor.get().names();
    }

    @Override
    public List<Alert> alerts() {
        return alerts.history();
    }

    @Override
    public CompletionStage<RepoGc> collectGarbageLocal() {
        return workers.call("too many calls at once", this::collect);
    }

    private RepoGc collect() {
        List<RepoGc.Removed> keys = new ArrayList<>();
        try (Cursor<RepoGc.Removed> removed = parts.repo.get().collectGarbage()) {
            for (RepoGc.Removed next = removed.next(); next != null; next = removed.next()) {
                keys.add(next);
            }
        }
        return new RepoGc(parts.self(), parts.settings().peername(), keys, "");
    }

    @Override
    public CompletionStage<List<RepoGc>> collectGarbage() {
        List<RepoGc> results = new ArrayList<>();
        CompletionStage<List<RepoGc>> all = CompletableFuture.completedFuture(results);
        try {
            for (PeerId member : parts.consensus.get().peers()) {
                all = all.thenCompose(done -> collect(member, done));
            }
        } catch (ClusterException e) {
            return CompletableFuture.failedFuture(e);
        }
        return all;
    }

    private CompletionStage<List<RepoGc>> collect(PeerId member, List<RepoGc> results) {
        CompletionStage<RepoGc> one;
        try {
            one = member.equals(parts.self())
                    ? collectGarbageLocal()
                    : parts.rpc
                            .get()
                            .call(member, RpcMethods.CLUSTER_REPO_GC_LOCAL, null, GC_TIMEOUT)
                            .thenApply(answer -> answer == null ? failed(member, "empty answer") : answer);
        } catch (ClusterException e) {
            one = CompletableFuture.failedFuture(e);
        }
        return one.handle((result, failure) -> {
            if (failure == null) {
                results.add(result);
                return results;
            }
            ClusterException cause = ClusterException.of(failure);
            if (!(cause instanceof RpcException rpc && rpc.kind() == RpcException.Kind.AUTHORIZATION)) {
                results.add(failed(member, String.valueOf(cause.getMessage())));
            }
            return results;
        });
    }

    private RepoGc failed(PeerId member, String error) {
        return new RepoGc(member, known.of(member).peername(), List.of(), error);
    }
}
