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
package org.pinion.cli.shell;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Bandwidth;
import org.pinion.spi.cluster.Components;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.config.LiveConfig;
import org.pinion.spi.pintracker.PinReconciler;
import org.pinion.spi.state.PinIndexes;

/** The services of the peer, looked up when a command needs them and given back when it ends. For one thread. */
interface Services extends AutoCloseable {
    /** What is not there, and who would bring it. */
    Map<Class<?>, String> PROVIDERS = Map.of(
            Pinset.class, "cluster",
            PinStatuses.class, "cluster",
            Peers.class, "cluster",
            Health.class, "cluster",
            Bandwidth.class, "libp2p.host",
            Components.class, "list of components",
            LiveConfig.class, "live configuration",
            PinReconciler.class, "pintracker",
            PinIndexes.class, "state",
            Adder.class, "adder");

    /** The service of that type; null while nobody offers one. */
    <T> @Nullable T find(Class<T> type);

    /** Offers a listener until the result is closed. */
    <T> Registration offer(Class<T> type, T listener);

    /** The service of that type. */
    default <T> T get(Class<T> type) {
        T service = find(type);
        if (service == null) {
            String name = PROVIDERS.getOrDefault(type, type.getSimpleName());
            throw new ClusterException(
                    ErrorCode.UNAVAILABLE,
                    "the " + name
                            + " is away; cluster:components says why, and the same command works once it is back");
        }
        return service;
    }

    @Override
    void close();

    /** An offer that can be taken back. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
