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
package org.pinion.spi.monitor;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Metric;

/** Latest metrics of all peers. Never blocks; any thread. */
@ConsumerType
public interface Monitor {
    /** Sends a metric of this peer to all; one that is not valid or expired is not sent. */
    CompletionStage<Void> publish(Metric metric);

    /** Takes a metric as if it had been received, on this peer only. */
    void log(Metric metric);

    /** Each peer's latest metric of that name if valid and not expired, sorted by peer id. */
    List<Metric> latest(String name);

    /** A peer's latest metric of that name, expired ones too. */
    Optional<Metric> latest(String name, PeerId peer);

    /** All names ever received, sorted. */
    List<String> names();
}
