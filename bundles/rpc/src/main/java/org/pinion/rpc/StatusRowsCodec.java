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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.PinInfo;
import org.pinion.spi.rpc.StatusRows;

/**
 * Many statuses of one peer: of each row the CID and what is not as in the row before it, by the names of the single
 * form. Peers, addresses and times repeat, so a row takes a fifth of the bytes, which are encrypted twice. Metadata
 * stands in each row that has some: rows copy it, so few bytes may not stand for many copies.
 *
 * <pre>
 * [ { c: cid, field that changed: value, … }, … ]
 * </pre>
 */
final class StatusRowsCodec implements Codec<StatusRows> {
    /** More are not taken at once: a row may have few bytes, and is an object of many. */
    static final int MAX_ROWS = 1024;

    @Override
    public void write(MsgOut out, StatusRows value) throws IOException {
        @Nullable PinInfo[] before = {null};
        out.list(value.rows(), (to, row) -> {
            MsgOut.Fields fields = to.fields().cid("c", row.cid());
            PinInfo last = before[0];
            before[0] = row;
            pin(fields, row, last);
            status(fields, row.status(), last == null ? null : last.status());
            fields.end();
        });
    }

    private static void pin(MsgOut.Fields fields, PinInfo row, @Nullable PinInfo last) throws IOException {
        if (last == null || !row.name().equals(last.name())) {
            fields.alwaysText("m", row.name());
        }
        if (last == null || !row.peer().equals(last.peer())) {
            fields.peer("p", row.peer());
        }
        if (last == null || !row.allocations().equals(last.allocations())) {
            fields.alwaysList("o", row.allocations(), MsgOut::peer);
        }
        if (last == null || !row.origins().equals(last.origins())) {
            fields.alwaysList("g", row.origins(), MsgOut::multiaddr);
        }
        if (last == null || !Objects.equals(row.created(), last.created())) {
            time(fields, "t", row.created());
        }
        fields.texts("md", row.metadata());
    }

    private static void status(MsgOut.Fields fields, PeerPinStatus row, @Nullable PeerPinStatus last)
            throws IOException {
        if (row.equals(last)) {
            return;
        }
        if (last == null || !row.peername().equals(last.peername())) {
            fields.alwaysText("pn", row.peername());
        }
        if (last == null || !Objects.equals(row.ipfsPeerId(), last.ipfsPeerId())) {
            PeerId ipfs = row.ipfsPeerId();
            if (ipfs == null) {
                fields.cid("i", null);
            } else {
                fields.peer("i", ipfs);
            }
        }
        if (last == null || !row.ipfsAddresses().equals(last.ipfsAddresses())) {
            fields.alwaysList("ia", row.ipfsAddresses(), MsgOut::multiaddr);
        }
        if (last == null || row.status() != last.status()) {
            fields.value("st", (long) row.status().bit(), MsgOut::signed);
        }
        if (last == null || !Objects.equals(row.timestamp(), last.timestamp())) {
            time(fields, "ts", row.timestamp());
        }
        if (last == null || !row.error().equals(last.error())) {
            fields.alwaysText("e", row.error());
        }
        if (last == null || row.attemptCount() != last.attemptCount()) {
            fields.value("a", (long) row.attemptCount(), MsgOut::signed);
        }
        if (last == null || row.priorityPin() != last.priorityPin()) {
            fields.value("y", row.priorityPin(), MsgOut::bool);
        }
    }

    private static void time(MsgOut.Fields fields, String name, @Nullable Instant value) throws IOException {
        if (value == null) {
            fields.cid(name, null);
        } else {
            fields.time(name, value);
        }
    }

    @Override
    public StatusRows read(MsgIn in) throws IOException {
        List<PinInfo> rows = new ArrayList<>();
        in.list(element -> {
            if (rows.size() == MAX_ROWS) {
                throw ProtocolException.resetStream("a group of more than " + MAX_ROWS + " statuses");
            }
            PinInfoCodec.Fields fields =
                    rows.isEmpty() ? new PinInfoCodec.Fields() : new PinInfoCodec.Fields(rows.get(rows.size() - 1));
            element.fields(name -> fields.pin(name, element) || fields.status(name, element));
            rows.add(fields.info());
            return true;
        });
        return new StatusRows(rows);
    }

    @Override
    public void writeZero(MsgOut out) throws IOException {
        out.list(List.of(), MsgOut::bytes);
    }
}
