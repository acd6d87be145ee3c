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
package org.pinion.api.pinsvcapi;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.http.Exchange;

/** Answers of the API as JSON. */
final class PinStatusJson {
    private static final Instant ZERO_TIME = Instant.parse("0001-01-01T00:00:00Z");
    private static final int MAX_DELEGATES = 20;

    private PinStatusJson() {}

    /** One pin with its state. */
    record Status(PinObject pin, PinState state, @Nullable Instant created, Collection<Multiaddr> delegates) {
        /** From the status of all peers. */
        static Status of(GlobalPinInfo info, PinState state) {
            Set<Multiaddr> delegates = new LinkedHashSet<>();
            for (PeerPinStatus peer : info.peers().values()) {
                addressed(delegates, peer.ipfsPeerId(), peer.ipfsAddresses());
            }
            PinObject pin = new PinObject(info.cid(), info.name(), info.origins(), info.metadata());
            return new Status(pin, state, info.created(), delegates);
        }
    }

    /** Adds a node's addresses, each with its id at the end, as delegates are given. */
    static void addressed(Set<Multiaddr> into, @Nullable PeerId node, List<Multiaddr> addresses) {
        for (Multiaddr address : addresses) {
            if (into.size() < MAX_DELEGATES) {
                boolean complete = node == null || address.value("p2p").isPresent();
                into.add(complete ? address : Multiaddr.parse(address + "/p2p/" + node));
            }
        }
    }

    static CompletionStage<Void> send(Exchange exchange, int code, Status status) {
        return send(exchange, code, out -> write(out, status));
    }

    /** A listing: how many pins there are, and the newest of them. */
    static CompletionStage<Void> send(Exchange exchange, long count, Collection<Status> results) {
        return send(exchange, 200, out -> {
            out.writeStartObject();
            out.writeNumberField("count", count);
            out.writeArrayFieldStart("results");
            for (Status status : results) {
                write(out, status);
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    static CompletionStage<Void> error(Exchange exchange, int code, String reason, String details) {
        return send(exchange, code, out -> {
            out.writeStartObject();
            out.writeObjectFieldStart("error");
            out.writeStringField("reason", reason);
            out.writeStringField("details", details);
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    static CompletionStage<Void> send(Exchange exchange, int code, Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = PinObject.JSON.createGenerator(bytes)) {
            content.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        bytes.write('\n');
        exchange.status(code)
                .header("Content-Type", "application/json")
                .header("Content-Length", Integer.toString(bytes.size()));
        return exchange.write(ByteBuffer.wrap(bytes.toByteArray()));
    }

    private static void write(JsonGenerator out, Status status) throws IOException {
        Instant created = status.created();
        out.writeStartObject();
        out.writeStringField("requestid", status.pin().cid().toString());
        out.writeStringField("status", status.state().text());
        out.writeStringField("created", (created == null ? ZERO_TIME : created).toString());
        out.writeFieldName("pin");
        status.pin().write(out);
        out.writeArrayFieldStart("delegates");
        for (Multiaddr delegate : status.delegates()) {
            out.writeString(delegate.toString());
        }
        out.writeEndArray();
        out.writeObjectFieldStart("info");
        out.writeStringField("source", "IPFS cluster API");
        out.writeEndObject();
        out.writeEndObject();
    }

    /** Writes a document. */
    interface Content {
        void write(JsonGenerator out) throws IOException;
    }
}
