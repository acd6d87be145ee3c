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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.PinParameters;
import org.pinion.spi.http.Route;

/** Pin set: pinning, unpinning, allocations. */
final class PinRoutes {
    private final Components components;
    private final Executors executors;

    PinRoutes(Components components, Executors executors) {
        this.components = components;
        this.executors = executors;
    }

    List<Route> allocations() {
        return List.of(
                new Route("Allocations", "GET", "/allocations", this::list),
                new Route("Allocation", "GET", "/allocations/{hash}", this::one));
    }

    List<Route> changes() {
        List<Route> routes = new ArrayList<>();
        routes.add(new Route("Pin", "POST", "/pins/{hash}", this::pin));
        for (String space : List.of("ipfs", "ipns", "ipld")) {
            String path = "/pins/" + space + "/{path...}";
            routes.add(new Route("PinPath", "POST", path, exchange -> pinPath(exchange, space)));
            routes.add(new Route("UnpinPath", "DELETE", path, exchange -> unpinPath(exchange, space)));
        }
        routes.add(new Route("Unpin", "DELETE", "/pins/{hash}", this::unpin));
        return routes;
    }

    private CompletionStage<Void> list(Exchange exchange) {
        Exchange.Request request = exchange.request();
        Set<PinType> types = Listing.types("filter", request.parameter("filter"));
        Listing listing = Listing.of(request);
        Cursor<Pin> pins = select(components, listing);
        Cursor<Pin> wanted = types.isEmpty() ? pins : pins.filter(pin -> types.contains(pin.type()));
        return Replies.lines(
                executors, exchange, listing.limited(wanted), (out, pin) -> JsonRecords.pin(out, pin, false));
    }

    /** The pins that meet the conditions of a list, from its start on, without its limit. */
    static Cursor<Pin> select(Components components, Listing listing) {
        return listing.selects()
                ? components.indexes().find(listing.query(), listing.after())
                : components.pinset().list(listing.after());
    }

    private CompletionStage<Void> one(Exchange exchange) {
        Cid cid = hash(exchange);
        Pin pin = components
                .pinset()
                .get(cid)
                .orElseThrow(() -> new ClusterException(ErrorCode.NOT_FOUND, "pin is not part of the pinset"));
        return Replies.document(exchange, 200, out -> JsonRecords.pin(out, pin, false));
    }

    private CompletionStage<Void> pin(Exchange exchange) {
        Cid cid = hash(exchange);
        PinOptions options = options(exchange);
        return Replies.later(
                exchange, components.pinset().pin(Pin.of(cid, options)), (out, pin) -> JsonRecords.pin(out, pin, true));
    }

    private CompletionStage<Void> pinPath(Exchange exchange, String space) {
        String path = path(exchange, space);
        PinOptions options = options(exchange);
        CompletionStage<Pin> pin = isBare(path, space)
                ? components.pinset().pin(Pin.of(root(path), options))
                : components.pinset().pinPath(path, options);
        return Replies.later(exchange, pin, (out, value) -> JsonRecords.pin(out, value, true));
    }

    private CompletionStage<Void> unpin(Exchange exchange) {
        return Replies.later(
                exchange, components.pinset().unpin(hash(exchange)), (out, pin) -> JsonRecords.pin(out, pin, false));
    }

    private CompletionStage<Void> unpinPath(Exchange exchange, String space) {
        String path = path(exchange, space);
        CompletionStage<Pin> pin = isBare(path, space)
                ? components.pinset().unpin(root(path))
                : components.pinset().unpinPath(path);
        return Replies.later(exchange, pin, (out, value) -> JsonRecords.pin(out, value, false));
    }

    private PinOptions options(Exchange exchange) {
        return PinParameters.options(exchange.request(), executors.clock().instant());
    }

    static Cid hash(Exchange exchange) {
        return PinParameters.cid(exchange.request().variable("hash"), "error decoding Cid: ");
    }

    /** The whole path; its root must be a CID unless it is a name. */
    private static String path(Exchange exchange, String space) {
        String path = "/" + space + "/" + exchange.request().variable("path");
        if (!space.equals("ipns")) {
            root(path);
        }
        return path;
    }

    private static Cid root(String path) {
        return PinParameters.cid(path.split("/", 4)[2], "error parsing path: ");
    }

    /** Whether a path is nothing but a CID, which needs no IPFS node to resolve. */
    private static boolean isBare(String path, String space) {
        return !space.equals("ipns") && path.indexOf('/', space.length() + 2) < 0;
    }
}
