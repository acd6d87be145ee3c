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
package org.pinion.pintracker.stateless;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.pintracker.common.AbstractTracker;
import org.pinion.pintracker.common.StoredRows;
import org.pinion.pintracker.common.TrackRow;
import org.pinion.pintracker.common.TrackerSettings;
import org.pinion.spi.PinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.consensus.PinsetListener;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.pintracker.PinCount;
import org.pinion.spi.pintracker.PinReconciler;
import org.pinion.spi.pintracker.PinTracker;

/**
 * Pins on this peer's IPFS node what the pin set allocates to it and unpins the rest. It remembers only how operations
 * ended, in the datastore; everything else follows from the pin set and from what the node says when it is asked.
 */
@Component(
        name = "org.pinion.pintracker.stateless",
        immediate = true,
        service = {PinTracker.class, PinsetListener.class, PinCount.class, PinReconciler.class},
        configurationPid = "org.pinion.pintracker.stateless",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class StatelessTracker extends AbstractTracker {
    private static final String SECTION = "statelesstracker";

    /** Takes its section of service.json. */
    @Activate
    public StatelessTracker(
            Map<String, Object> properties, @Reference Executors executors, @Reference Secrets secrets) {
        super(
                new Parts(
                        "pintracker.stateless",
                        new StoredRows(),
                        TrackerSettings.of(properties, SECTION),
                        TrackRow::lost),
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

    /** The status of one CID is checked with the IPFS node, as in the reference. */
    @Override
    public CompletionStage<PinInfo> status(Cid cid) {
        return checked(cid);
    }

    @Override
    public Cursor<PinInfo> statusAll(StatusFilter filter) {
        refresh();
        return super.statusAll(filter);
    }
}
