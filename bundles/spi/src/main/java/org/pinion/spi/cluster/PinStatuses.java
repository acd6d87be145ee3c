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

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.flow.Cursor;

/**
 * Status of pins on all peers, or on this one. Any thread; cursors may block. Rules as for {@link Pinset}.
 */
@ProviderType
public interface PinStatuses {
    /** Status of a CID on all peers. */
    CompletionStage<GlobalPinInfo> status(Cid cid);

    /** Status of a CID on this peer. */
    CompletionStage<PinInfo> statusLocal(Cid cid);

    /** Status of all pins on all peers, by CID. */
    Cursor<GlobalPinInfo> statusAll(StatusFilter filter);

    /** Status of all pins on this peer, by CID. */
    Cursor<PinInfo> statusAllLocal(StatusFilter filter);

    /** Tries a CID again on all peers that failed. */
    CompletionStage<GlobalPinInfo> recover(Cid cid);

    /** Tries a CID again on this peer. */
    CompletionStage<PinInfo> recoverLocal(Cid cid);

    /** Tries everything that failed again, on all peers. */
    Cursor<GlobalPinInfo> recoverAll();

    /** Tries everything that failed again, on this peer. */
    Cursor<PinInfo> recoverAllLocal();
}
