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
package org.pinion.spi.cluster;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.spi.Alert;
import org.pinion.spi.Metric;
import org.pinion.spi.RepoGc;

/** How this peer and the cluster are doing. Any thread. */
@ProviderType
public interface Health {
    /** Whether consensus and the IPFS node have answered and nothing that is needed is missing. */
    boolean isReady();

    /** What is missing for {@link #isReady()}, one line each; empty when ready. */
    List<String> missing();

    /** Every peer's latest valid metric of that name. */
    List<Metric> metrics(String name);

    /** All metric names, sorted. */
    List<String> metricNames();

    /** Latest alerts, newest first. */
    List<Alert> alerts();

    /** Collects garbage on this peer's IPFS node. */
    CompletionStage<RepoGc> collectGarbageLocal();

    /** Collects garbage on every peer's IPFS node, one after another. */
    CompletionStage<List<RepoGc>> collectGarbage();
}
