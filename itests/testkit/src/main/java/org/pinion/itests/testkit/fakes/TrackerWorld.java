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
package org.pinion.itests.testkit.fakes;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.pintracker.StatusListener;

/** Everything that a pin tracker works with. */
public final class TrackerWorld {
    /** Tasks and time. */
    public final ManualExecutors executors = new ManualExecutors();

    /** The pin set. */
    public final TrackerFakes.State state = new TrackerFakes.State();

    /** The IPFS node. */
    public final TrackerFakes.Ipfs ipfs = new TrackerFakes.Ipfs();

    /** The datastore. */
    public final TrackerFakes.Store store = new TrackerFakes.Store();

    /** The peer's identity. */
    public final Secrets secrets = TrackerFakes.secrets();

    /** To be given to the tracker; hands on what it hears. */
    public final StatusListener listener = this::tell;

    private final List<StatusListener> listeners = new CopyOnWriteArrayList<>();

    /** Nothing is pinned. */
    public TrackerWorld() {}

    /** Hears from now on what the tracker tells. */
    public void listen(StatusListener added) {
        listeners.add(added);
    }

    private void tell(Cid cid, TrackerStatus status, String error, int attempts) {
        listeners.forEach(hearing -> hearing.statusChanged(cid, status, error, attempts));
    }
}
