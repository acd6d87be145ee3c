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
package org.pinion.pintracker.map;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.pintracker.common.AbstractTracker;
import org.pinion.pintracker.common.TrackRow;
import org.pinion.pintracker.common.TrackerSettings;
import org.pinion.spi.PinInfo;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.consensus.PinsetListener;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.pintracker.PinCount;
import org.pinion.spi.pintracker.PinReconciler;
import org.pinion.spi.pintracker.PinTracker;

/**
 * Pins on this peer's IPFS node what the pin set allocates to it and unpins the rest. The status of every CID is in
 * memory: about 50 bytes for one with 36 bytes, see {@link CidTable}. A status never asks the IPFS node; what the node
 * lost shows after a {@link #reconcile() sync}, as a failed pin.
 */
@Component(
        name = "org.pinion.pintracker.map",
        immediate = true,
        service = {PinTracker.class, PinsetListener.class, PinCount.class, PinReconciler.class},
        configurationPid = "org.pinion.pintracker.map",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(
        namespace = "pinion.component",
        name = "org.pinion.pintracker.map",
        attribute = "type=pintracker",
        effective = "active")
public final class MapTracker extends AbstractTracker {
    /** The error of a pin that the node does not hold any more; the words of earlier versions of the reference. */
    static final String GONE_TEXT = "the item is unexpectedly not pinned on IPFS";

    private static final String SECTION = "maptracker";

    /** Takes its section of service.json. */
    @Activate
    public MapTracker(Map<String, Object> properties, @Reference Executors executors, @Reference Secrets secrets) {
        super(
                new Parts(
                        "pintracker.map",
                        new MemoryRows(),
                        TrackerSettings.of(properties, SECTION),
                        now -> new TrackRow(TrackRow.Phase.PIN_ERROR, 0, false, now, GONE_TEXT)),
                executors,
                secrets);
    }

    /** Takes changed settings without a restart. */
    @Modified
    void modified(Map<String, Object> properties) {
        settings(TrackerSettings.of(properties, SECTION));
    }

    /** Stops what runs; it is taken up again from the pin set and the rows. */
    @Deactivate
    void close() {
        stop();
    }

    @Override
    public CompletionStage<PinInfo> status(Cid cid) {
        return known(cid);
    }
}
