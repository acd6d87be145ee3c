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
package org.pinion.libp2p.api;

import java.time.Duration;

/**
 * How peers are found.
 *
 * @param lan part in the table of peers on private networks
 * @param wan part in the table of peers on the public network
 * @param bucketSize peers per bucket of a table, and most peers of an answer
 * @param concurrency peers that one search asks at once
 * @param resiliency nearest peers that must have answered before a search ends
 * @param requestTimeout bound of one question to one peer, dialing included
 * @param searchTimeout bound of one search
 * @param refreshInterval pause between refreshes of a table
 */
public record RoutingSettings(
        Mode lan,
        Mode wan,
        int bucketSize,
        int concurrency,
        int resiliency,
        Duration requestTimeout,
        Duration searchTimeout,
        Duration refreshInterval) {
    /** What the peers of a cluster use: serve private networks, ask on the public one. */
    public static final RoutingSettings CLUSTER = new RoutingSettings(
            Mode.SERVER,
            Mode.CLIENT,
            20,
            10,
            3,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMinutes(10));

    /** The part a peer takes. */
    public enum Mode {
        /** None. */
        OFF,
        /** Asks others. */
        CLIENT,
        /** Asks others and answers them. */
        SERVER
    }

    public RoutingSettings {
        if (bucketSize < 1 || concurrency < 1 || resiliency < 1) {
            throw new IllegalArgumentException("limits must be positive: bucket " + bucketSize + ", concurrency "
                    + concurrency + ", resiliency " + resiliency);
        }
        checkPositive("request timeout", requestTimeout);
        checkPositive("search timeout", searchTimeout);
        checkPositive("refresh interval", refreshInterval);
    }

    private static void checkPositive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(what + " must be positive: " + value);
        }
    }
}
