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

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.flow.Cursor;

/** Brings this peer's IPFS node in line with the pin set, and knows how far it is. Any thread. */
@ConsumerType
public interface PinTracker {
    /** Takes up a pin that is new or changed; returns at once. */
    void track(Pin pin);

    /** Takes up a removed pin; returns at once. */
    void untrack(Pin pin);

    /** This peer's status of a CID; {@code unpinned} when it is not in the pin set. */
    CompletionStage<PinInfo> status(Cid cid);

    /** This peer's status of all pins that pass, in the order of their CIDs' bytes; may block. */
    Cursor<PinInfo> statusAll(StatusFilter filter);

    /** Tries a failed or lost pin or unpin again; completes with the status right after. */
    CompletionStage<PinInfo> recover(Cid cid);

    /** Tries everything failed or lost again; gives what was taken up; may block. */
    Cursor<PinInfo> recoverAll();

    /** How many pins wait. */
    long pinQueueSize();
}
