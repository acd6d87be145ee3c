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
package org.pinion.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;

/**
 * The daemon's flags, as they travel in framework properties.
 *
 * @param bootstrap peers to join ({@code pinion.bootstrap}, separated by commas)
 * @param noTrust do not trust them ({@code pinion.no.trust})
 * @param leave leave the cluster at the end ({@code pinion.leave})
 * @param stats switch metrics on ({@code pinion.stats})
 * @param tracing switch tracing on ({@code pinion.tracing})
 * @param consensus the component to take, empty = the file decides ({@code pinion.consensus})
 * @param pintracker the same for the tracker ({@code pinion.pintracker})
 * @param alloc the allocation strategy that an old command line names ({@code pinion.alloc})
 * @param monitor the monitor that an old command line names ({@code pinion.monitor})
 */
record DaemonFlags(
        List<Multiaddr> bootstrap,
        boolean noTrust,
        boolean leave,
        boolean stats,
        boolean tracing,
        String consensus,
        String pintracker,
        String alloc,
        String monitor) {
    /** Framework property with the peer's folder. */
    static final String FOLDER = "pinion.dir";

    static final DaemonFlags NONE = new DaemonFlags(List.of(), false, false, false, false, "", "", "", "");

    /**
     * Reads the flags.
     *
     * @param property gives a property's value or null
     * @throws IllegalArgumentException if a bootstrap address is none
     */
    static DaemonFlags of(UnaryOperator<@Nullable String> property) {
        List<Multiaddr> bootstrap = new ArrayList<>();
        for (String address : text(property, "pinion.bootstrap").split(",")) {
            if (!address.isBlank()) {
                bootstrap.add(Multiaddr.parse(address.trim()));
            }
        }
        return new DaemonFlags(
                List.copyOf(bootstrap),
                flag(property, "pinion.no.trust"),
                flag(property, "pinion.leave"),
                flag(property, "pinion.stats"),
                flag(property, "pinion.tracing"),
                text(property, "pinion.consensus"),
                text(property, "pinion.pintracker"),
                text(property, "pinion.alloc"),
                text(property, "pinion.monitor"));
    }

    /** The same without a wish for a tracker: another one was chosen since. */
    DaemonFlags withoutTracker() {
        return new DaemonFlags(bootstrap, noTrust, leave, stats, tracing, consensus, "", alloc, monitor);
    }

    private static String text(UnaryOperator<@Nullable String> property, String name) {
        String value = property.apply(name);
        return value == null ? "" : value.trim();
    }

    private static boolean flag(UnaryOperator<@Nullable String> property, String name) {
        return Boolean.parseBoolean(text(property, name));
    }
}
