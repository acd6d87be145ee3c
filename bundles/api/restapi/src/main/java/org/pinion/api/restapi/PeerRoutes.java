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
package org.pinion.api.restapi;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.PinParameters;
import org.pinion.spi.http.Route;

/** Identity, version and membership. */
final class PeerRoutes {
    private static final int MAX_BODY_BYTES = 64 << 10;

    private final Components components;
    private final Executors executors;
    private final JsonFactory json = new JsonFactory();

    PeerRoutes(Components components, Executors executors) {
        this.components = components;
        this.executors = executors;
    }

    List<Route> routes() {
        return List.of(
                new Route(
                        "ID",
                        "GET",
                        "/id",
                        exchange -> Replies.later(exchange, components.peers().id(), JsonRecords::peer)),
                new Route(
                        "Version",
                        "GET",
                        "/version",
                        exchange -> Replies.document(exchange, 200, out -> JsonRecords.version(out, Versions.FULL))),
                new Route(
                        "Peers",
                        "GET",
                        "/peers",
                        exchange -> Replies.lines(
                                executors, exchange, components.peers().list(), JsonRecords::peer)),
                new Route("PeerAdd", "POST", "/peers", this::add),
                new Route("PeerRemove", "DELETE", "/peers/{peer}", this::remove));
    }

    private CompletionStage<Void> add(Exchange exchange) throws IOException {
        byte[] body = exchange.body().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw PinParameters.bad("body is larger than " + MAX_BODY_BYTES + " bytes");
        }
        PeerId peer = peer(peerText(body));
        return Replies.later(exchange, components.peers().add(peer), JsonRecords::peer);
    }

    private CompletionStage<Void> remove(Exchange exchange) {
        PeerId peer = peer(exchange.request().variable("peer"));
        return components.peers().remove(peer).thenCompose(done -> Replies.empty(exchange));
    }

    private static PeerId peer(String text) {
        try {
            return PeerId.parse(text);
        } catch (IllegalArgumentException e) {
            throw PinParameters.bad("error decoding peer ID: " + e.getMessage());
        }
    }

    private String peerText(byte[] body) {
        try (JsonParser parser = json.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw PinParameters.bad("error decoding request body: not a JSON object");
            }
            String peer = "";
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equalsIgnoreCase("peer_id") && value == JsonToken.VALUE_STRING) {
                    peer = parser.getText();
                } else {
                    parser.skipChildren();
                }
            }
            return peer;
        } catch (JsonProcessingException e) {
            // the longer message names the source of the text over a second line
            throw PinParameters.bad("error decoding request body: "
                    + e.getOriginalMessage()
                            .lines()
                            .findFirst()
                            .orElse("not JSON")
                            .replaceAll(" \\(start marker .*", ""));
        } catch (IOException e) {
            throw PinParameters.bad("error decoding request body: " + e.getMessage());
        }
    }
}
