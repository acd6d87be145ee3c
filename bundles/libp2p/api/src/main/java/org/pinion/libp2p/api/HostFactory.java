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

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Opens hosts. An OSGi service, and found by {@link java.util.ServiceLoader} on a plain class path. Any thread. */
@ProviderType
@FunctionalInterface
public interface HostFactory {
    /**
     * Binds the listen addresses and starts a host. It is enough that one of them works; the others are logged.
     *
     * @throws IOException if there are listen addresses and none could be bound; nothing is left running. The message
     *     names address and reason
     */
    Host open(HostSettings settings) throws IOException;
}
