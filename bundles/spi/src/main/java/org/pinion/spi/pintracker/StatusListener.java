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
package org.pinion.spi.pintracker;

import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.TrackerStatus;

/** Hears how this peer's pins fare, on the tracker's lane: must return at once. Registered as a service. */
@ConsumerType
public interface StatusListener {
    /**
     * The status of a CID on this peer changed.
     *
     * @param error the reason of an error status, else empty
     * @param attempts how often it was tried
     */
    void statusChanged(Cid cid, TrackerStatus status, String error, int attempts);
}
