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

import java.util.SortedMap;
import org.osgi.annotation.versioning.ProviderType;

/** What went over the cluster's network since this peer started. Any thread; never blocks. */
@ProviderType
public interface Bandwidth {
    /** Bytes of streams by protocol id; the empty id stands for streams that have none yet. */
    SortedMap<String, Usage> byProtocol();

    /**
     * Traffic of one protocol.
     *
     * @param totalInBytes received
     * @param totalOutBytes sent
     * @param rateIn received lately, bytes per second
     * @param rateOut sent lately, bytes per second
     */
    record Usage(long totalInBytes, long totalOutBytes, double rateIn, double rateOut) {}
}
