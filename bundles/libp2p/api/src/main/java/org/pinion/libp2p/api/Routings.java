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

import org.osgi.annotation.versioning.ProviderType;

/** Opens peer routing on a host. An OSGi service, and found by {@link java.util.ServiceLoader}. Any thread. */
@ProviderType
@FunctionalInterface
public interface Routings {
    /**
     * Starts to answer and to look for peers; at most one per host. Connected peers are taken in by themselves. The
     * caller closes it before the host.
     *
     * @throws IllegalStateException if the host serves one of the protocols already
     */
    Routing open(Host host, RoutingSettings settings);
}
