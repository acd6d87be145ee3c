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

import java.time.Instant;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Which implementation of each component type is in this peer, and why one is not active. Any thread. */
@ProviderType
public interface Components {
    /** Every implementation that is installed or asked for, ours and others', sorted by type and name. */
    List<Row> list();

    /** How an implementation is doing. */
    enum State {
        /** In use. */
        ACTIVE,
        /** Made when it is first used. */
        READY,
        /** Nothing asks for it. */
        OFF,
        /** Something that it needs is away. */
        WAITING,
        /** It threw, does not return, or its bundle does not resolve. */
        FAILED,
        /** It works, but another implementation of its type is preferred. */
        SHADOWED
    }

    /**
     * One implementation.
     *
     * @param type component type, for example {@code pintracker}
     * @param implementation name within the type, for example {@code stateless}
     * @param bundle symbolic name and version; empty when no bundle provides it
     * @param bundleId the framework's number of the bundle; -1 when there is none
     * @param state how it is doing
     * @param since when its bundle or the component last started; the epoch when it never did
     * @param reason why it is not active, one line; empty when it is
     */
    record Row(
            String type,
            String implementation,
            String bundle,
            long bundleId,
            State state,
            Instant since,
            String reason) {}
}
