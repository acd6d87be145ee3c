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
import java.util.concurrent.CompletionStage;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.Route;

/** Pin set: pinning, unpinning, allocations. */
final class PinRoutes {
    private static final int ALL_TYPES =
            PinType.DATA.bit() | PinType.META.bit() | PinType.CLUSTER_DAG.bit() | PinType.SHARD.bit();

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
        int types = types(exchange.request().parameter("filter"));
        return Replies.lines(
                executors,
                exchange,
                components.pinset().list(null).filter(pin -> (pin.type().bit() & types) != 0),
                (out, pin) -> JsonRecords.pin(out, pin, false));
    }

    private static int types(String filter) {
        int bits = 0;
        for (String item : filter.split(",", -1)) {
            String name = item.strip();
            PinType type = PinType.ofText(name);
            if (name.isEmpty() || name.equals("all")) {
                bits |= ALL_TYPES;
            } else if (type != PinType.BAD) {
                bits |= type.bit();
            }
        }
        if (bits == 0) {
            throw PinQuery.bad("invalid filter value: \"" + filter
                    + "\"; known are all, pin, meta-pin, clusterdag-pin, shard-pin");
        }
        return bits;
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
        return PinQuery.options(exchange.request(), executors.clock().instant());
    }

    static Cid hash(Exchange exchange) {
        return PinQuery.cid(exchange.request().variable("hash"), "error decoding Cid: ");
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
        return PinQuery.cid(path.split("/", 4)[2], "error parsing path: ");
    }

    /** Whether a path is nothing but a CID, which needs no IPFS node to resolve. */
    private static boolean isBare(String path, String space) {
        return !space.equals("ipns") && path.indexOf('/', space.length() + 2) < 0;
    }
}
