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
package org.pinion.spi.consensus;

import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.PeerId;

/** Whose writes and calls count. Never blocks; any thread. */
@ConsumerType
public interface TrustPolicy {
    /** Whether that peer may change the pin set and call trusted methods; this peer itself always may. */
    boolean isTrusted(PeerId peer);

    /** Trusts a peer until the process ends. */
    void trust(PeerId peer);

    /** Takes back {@link #trust}; what was merged stays. */
    void distrust(PeerId peer);
}
