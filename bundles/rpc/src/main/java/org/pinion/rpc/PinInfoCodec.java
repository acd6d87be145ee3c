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
package org.pinion.rpc;

import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.PinInfo;
import org.pinion.spi.TrackerStatus;

/**
 * Status of a pin on one peer as a msgpack map, the short form flattened into it.
 *
 * @spec cluster wire "Types on the wire", PinInfo
 */
final class PinInfoCodec implements Codec<PinInfo> {
    private static final List<String> NAMES =
            List.of("c", "m", "p", "o", "g", "t", "md", "pn", "i", "ia", "st", "ts", "e", "a", "y");

    @Override
    public void write(MsgOut out, PinInfo info) throws IOException {
        PeerPinStatus status = info.status();
        out.fields()
                .cid("c", info.cid())
                .text("m", info.name())
                .peer("p", info.peer())
                .peers("o", info.allocations())
                .multiaddrs("g", info.origins())
                .time("t", info.created())
                .texts("md", info.metadata())
                .text("pn", status.peername())
                .peer("i", status.ipfsPeerId())
                .multiaddrs("ia", status.ipfsAddresses())
                .signed("st", status.status().bit())
                .time("ts", status.timestamp())
                .text("e", status.error())
                .signed("a", status.attemptCount())
                .bool("y", status.priorityPin())
                .end();
    }

    @Override
    public PinInfo read(MsgIn in) throws IOException {
        Fields fields = new Fields();
        in.fields(NAMES, name -> fields.pin(name, in) || fields.status(name, in));
        return fields.info();
    }

    @Override
    public void writeZero(MsgOut out) throws IOException {
        out.fields().cid("c", null).end();
    }

    /** What was read of a row; at first nothing, or all of another row. */
    static final class Fields {
        private @Nullable Cid cid;
        private String name = "";
        private @Nullable PeerId peer;
        private List<PeerId> allocations = List.of();
        private List<Multiaddr> origins = List.of();
        private @Nullable Instant created;
        private SortedMap<String, String> metadata = Collections.emptySortedMap();
        private String peername = "";
        private @Nullable PeerId ipfsPeerId;
        private List<Multiaddr> ipfsAddresses = List.of();
        private long status;
        private @Nullable Instant timestamp;
        private String error = "";
        private int attempts;
        private boolean priority;
        /** Of the row before, while no field of it was read anew. */
        private @Nullable PeerPinStatus same;

        /** Nothing. */
        Fields() {}

        /** Everything of a row but its CID and metadata. */
        Fields(PinInfo before) {
            name = before.name();
            peer = before.peer();
            allocations = before.allocations();
            origins = before.origins();
            created = before.created();
            PeerPinStatus part = before.status();
            peername = part.peername();
            ipfsPeerId = part.ipfsPeerId();
            ipfsAddresses = part.ipfsAddresses();
            status = part.status().bit();
            timestamp = part.timestamp();
            error = part.error();
            attempts = part.attemptCount();
            priority = part.priorityPin();
            same = part;
        }

        PinInfo info() {
            PeerPinStatus part = same;
            return new PinInfo(
                    Codecs.required(cid, "the pin's cid"),
                    name,
                    Codecs.required(peer, "the peer"),
                    allocations,
                    origins,
                    created,
                    metadata,
                    part == null ? changed() : part);
        }

        private PeerPinStatus changed() {
            return new PeerPinStatus(
                    peername,
                    ipfsPeerId,
                    ipfsAddresses,
                    TrackerStatus.ofBit(status),
                    timestamp,
                    error,
                    attempts,
                    priority);
        }

        boolean pin(String field, MsgIn in) throws IOException {
            switch (field) {
                case "c" -> cid = in.cid();
                case "m" -> name = in.text();
                case "p" -> peer = in.peerId();
                case "o" -> allocations = in.peerIds();
                case "g" -> origins = in.multiaddrs();
                case "t" -> created = in.time();
                case "md" -> metadata = in.texts();
                default -> {
                    return false;
                }
            }
            return true;
        }

        boolean status(String field, MsgIn in) throws IOException {
            switch (field) {
                case "pn" -> peername = in.text();
                case "i" -> ipfsPeerId = in.peerId();
                case "ia" -> ipfsAddresses = in.multiaddrs();
                case "st" -> status = in.integer();
                case "ts" -> timestamp = in.time();
                case "e" -> error = in.text();
                case "a" -> attempts = in.smallInteger();
                case "y" -> priority = in.bool();
                default -> {
                    return false;
                }
            }
            same = null;
            return true;
        }
    }
}
