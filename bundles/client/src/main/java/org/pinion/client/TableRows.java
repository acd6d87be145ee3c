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
package org.pinion.client;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.IpfsId;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;

/** What stands in the tables of ctl and the shell: the names of the columns, and the cells of each item. Pure. */
public final class TableRows {
    /** Columns of {@link #status}. */
    public static final List<String> STATUS = List.of("cid", "name", "peer", "status", "since", "attempts", "error");
    /** Columns of {@link #pin}. */
    public static final List<String> PIN =
            List.of("cid", "name", "type", "mode", "copies", "peers", "added", "expires", "metadata");
    /** Columns of {@link #peer}. */
    public static final List<String> PEER = List.of("name", "id", "sees", "version", "ipfs", "error");

    private TableRows() {}

    /** A row for each peer. */
    public static List<List<String>> status(GlobalPinInfo info) {
        List<List<String>> rows = new ArrayList<>();
        info.peers()
                .forEach((peer, status) -> rows.add(List.of(
                        info.cid().toString(),
                        info.name(),
                        status.peername().isEmpty() ? peer.toString() : status.peername(),
                        status.status().text().toUpperCase(Locale.ROOT),
                        time(status.timestamp()),
                        Integer.toString(status.attemptCount()),
                        status.error().replaceAll("\\s+", " "))));
        return rows;
    }

    /** One row. */
    public static List<List<String>> pin(Pin pin) {
        PinOptions options = pin.options();
        boolean everywhere = pin.isEverywhere();
        return List.of(List.of(
                pin.cid().toString(),
                options.name(),
                pin.type().text(),
                options.mode().text(),
                everywhere ? "all" : options.replicationMin() + "-" + options.replicationMax(),
                everywhere ? "all" : Integer.toString(pin.allocations().size()),
                time(pin.timestamp()),
                time(options.expireAt()),
                options.metadata().entrySet().stream().map(Object::toString).collect(Collectors.joining(" "))));
    }

    /** One row. */
    public static List<List<String>> peer(PeerInfo peer) {
        IpfsId ipfs = peer.ipfs();
        boolean alone = !peer.error().isEmpty();
        String error = alone ? peer.error() : ipfs == null ? "" : ipfs.error();
        return List.of(List.of(
                peer.peername(),
                peer.id().toString(),
                alone ? "" : Integer.toString(peer.clusterPeers().size() - 1),
                peer.version(),
                ipfs == null || ipfs.id() == null ? "" : ipfs.id().toString(),
                error));
    }

    /** In UTC to the second: as text it sorts like the times do. */
    public static String time(@Nullable Instant when) {
        return when == null ? "" : when.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
