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

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddOutput;

/** Reads pins, statuses and what was added. */
final class PinRecords {
    private PinRecords() {}

    static Pin pin(JsonIn in) throws IOException {
        var it = new Object() {
            int min;
            int max;
            final PinOptions.Builder options = PinOptions.builder();

            @Nullable
            Cid cid;

            PinType type = PinType.DATA;
            List<PeerId> allocations = List.of();
            int depth = -1;

            @Nullable
            Cid reference;

            @Nullable
            Instant timestamp;
        };
        in.object(field -> {
            switch (field) {
                case "replication_factor_min" -> it.min = (int) in.number();
                case "replication_factor_max" -> it.max = (int) in.number();
                case "name" -> it.options.name(in.text());
                case "mode" -> it.options.mode(PinMode.ofText(in.text()));
                case "shard_size" -> it.options.shardSize(in.number());
                case "user_allocations" -> it.options.userAllocations(in.peers());
                case "expire_at" -> it.options.expireAt(in.time());
                case "metadata" -> it.options.metadata(in.texts());
                case "pin_update" -> it.options.pinUpdate(in.cid());
                case "origins" -> it.options.origins(in.addresses());
                case "cid" -> it.cid = in.cid();
                case "type" -> it.type = type(in);
                case "allocations" -> it.allocations = in.peers();
                case "max_depth" -> it.depth = (int) in.number();
                case "reference" -> it.reference = in.cid();
                case "timestamp" -> it.timestamp = in.time();
                default -> {}
            }
        });
        PinOptions options = it.options.replication(it.min, it.max).build();
        return new Pin(
                ApiRecords.required(it.cid, "the pin's CID"),
                it.type,
                it.allocations,
                it.depth,
                it.reference,
                it.timestamp,
                options);
    }

    /** Text, or the number of older servers. */
    private static PinType type(JsonIn in) throws IOException {
        String text = in.text();
        return text.isEmpty() ? PinType.ofBit(in.number()) : PinType.ofText(text);
    }

    static GlobalPinInfo status(JsonIn in) throws IOException {
        var it = new Object() {
            @Nullable
            Cid cid;

            String name = "";
            List<PeerId> allocations = List.of();
            List<Multiaddr> origins = List.of();

            @Nullable
            Instant created;

            SortedMap<String, String> metadata = new TreeMap<>();
            SortedMap<PeerId, PeerPinStatus> peers = new TreeMap<>();
        };
        in.object(field -> {
            switch (field) {
                case "cid" -> it.cid = in.cid();
                case "name" -> it.name = in.text();
                case "allocations" -> it.allocations = in.peers();
                case "origins" -> it.origins = in.addresses();
                case "created" -> it.created = in.time();
                case "metadata" -> it.metadata = in.texts();
                case "peer_map" -> it.peers = in.byPeer(() -> peerStatus(in));
                default -> {}
            }
        });
        return new GlobalPinInfo(
                ApiRecords.required(it.cid, "the status' CID"),
                it.name,
                it.allocations,
                it.origins,
                it.created,
                it.metadata,
                it.peers);
    }

    private static PeerPinStatus peerStatus(JsonIn in) throws IOException {
        var it = new Object() {
            String name = "";

            @Nullable
            PeerId ipfs;

            List<Multiaddr> addresses = List.of();
            TrackerStatus status = TrackerStatus.UNDEFINED;

            @Nullable
            Instant timestamp;

            String error = "";
            int attempts;
            boolean priority;
        };
        in.object(field -> {
            switch (field) {
                case "peername" -> it.name = in.text();
                case "ipfs_peer_id" -> it.ipfs = in.peer();
                case "ipfs_peer_addresses" -> it.addresses = in.addresses();
                case "status" -> it.status = TrackerStatus.ofText(in.text());
                case "timestamp" -> it.timestamp = in.time();
                case "error" -> it.error = in.text();
                case "attempt_count" -> it.attempts = (int) in.number();
                case "priority_pin" -> it.priority = in.bool();
                default -> {}
            }
        });
        return new PeerPinStatus(
                it.name, it.ipfs, it.addresses, it.status, it.timestamp, it.error, it.attempts, it.priority);
    }

    static AddOutput.Added added(JsonIn in) throws IOException {
        var it = new Object() {
            String name = "";

            @Nullable
            Cid cid;

            long bytes;
            long size;
            List<PeerId> allocations = List.of();
        };
        in.object(field -> {
            switch (field) {
                case "name" -> it.name = in.text();
                case "cid" -> it.cid = in.cid();
                case "bytes" -> it.bytes = in.number();
                case "size" -> it.size = in.number();
                case "allocations" -> it.allocations = in.peers();
                default -> {}
            }
        });
        return new AddOutput.Added(it.name, it.cid, it.bytes, it.size, it.allocations);
    }
}
