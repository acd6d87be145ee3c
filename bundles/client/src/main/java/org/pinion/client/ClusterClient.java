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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.ConnectGraph;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.Metric;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.RepoGc;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.PinQuery;

/**
 * The REST API as methods. Every method blocks; several threads may use one client, except that {@link #offsets} belongs
 * to the latest answer. Failures are {@link ApiException}, with code 0 when there was no usable answer.
 *
 * <p>Lists of any length come as {@link Cursor}s: a row is read from the connection when it is asked for, so a slow reader
 * slows the server down and memory stays constant. An error that the server tells at the end, in a trailer, is thrown
 * there. Closing a cursor early gives up its connection; closing the client ends every call that is under way on any
 * thread.
 */
public final class ClusterClient implements AutoCloseable {
    private final HttpTransport http;

    /** A client that connects when it is used. */
    public ClusterClient(ClientSettings settings) {
        this.http = new HttpTransport(settings);
    }

    /** Offsets of the times in the latest answer. */
    public Offsets offsets() {
        return http.offsets();
    }

    /** The peer that answers. */
    public PeerInfo id() {
        return http.one("GET", "/id", PeerRecords::peer);
    }

    /** Its version. */
    public String version() {
        return http.one("GET", "/version", in -> ApiRecords.field(in, "version"));
    }

    /** A token for the user of this client, to be used in place of the password. */
    public String token() {
        return http.one("POST", "/token", in -> ApiRecords.field(in, "token"));
    }

    /** All peers, as they answer; those that could not be reached come last, with an error. */
    public Cursor<PeerInfo> peers() {
        return http.stream("GET", "/peers", PeerRecords::peer);
    }

    /** All peers, as they come. */
    public void peers(Consumer<PeerInfo> each) {
        each(peers(), each);
    }

    /** Lets a peer in. */
    public PeerInfo addPeer(PeerId peer) {
        byte[] body = ("{\"peer_id\":\"" + peer + "\"}").getBytes(StandardCharsets.UTF_8);
        return http.post("/peers", body, PeerRecords::peer);
    }

    /** Ends a peer's membership. */
    public void removePeer(PeerId peer) {
        http.none("DELETE", "/peers/" + peer);
    }

    /**
     * Pins what a path leads to.
     *
     * @param path begins with {@code /ipfs/}, {@code /ipns/} or {@code /ipld/}
     */
    public Pin pin(String path, PinOptions options) {
        return http.one("POST", "/pins" + encodePath(path) + "?" + Queries.of(options), PinRecords::pin);
    }

    /** Removes the pin that a path leads to; it is returned as it was. */
    public Pin unpin(String path) {
        return http.one("DELETE", "/pins" + encodePath(path), PinRecords::pin);
    }

    /** A pin of the shared set. */
    public Pin allocation(Cid cid) {
        return http.one("GET", "/allocations/" + cid, PinRecords::pin);
    }

    /**
     * All pins of the shared set.
     *
     * @param filter comma list of types; empty or {@code all} for all
     */
    public Cursor<Pin> allocations(String filter) {
        return http.stream("GET", "/allocations?filter=" + encode(filter), PinRecords::pin);
    }

    /** All pins, as they come; see {@link #allocations(String)}. */
    public void allocations(String filter, Consumer<Pin> each) {
        each(allocations(filter), each);
    }

    /**
     * Pins of the shared set that meet conditions, in the order of their CIDs. Pinion only.
     *
     * @param page {@link Page#ALL}, or a part
     */
    public Cursor<Pin> allocations(PinQuery query, Page page) {
        return http.stream("GET", "/allocations?" + Queries.of(query, page), PinRecords::pin);
    }

    /**
     * Pins or updates many items, in order, with one request: a result for each comes as soon as it is there. Pinion only.
     * Results have to be read: the server reads no more while many are not. Ending early ends the request; what was sent
     * may still be pinned.
     *
     * @param pins only their CIDs and options count; read and closed on a thread of {@code sender}. When it fails, the
     *     results end with an {@code UncheckedIOException}
     */
    public Cursor<BulkResult> pinAll(Cursor<Pin> pins, Executor sender) {
        return http.upload("/bulk/pin", new LineUpload<>(pins, LineUpload::pin), sender, ApiRecords::result);
    }

    /** Unpins many items; the rest is as with {@link #pinAll}. */
    public Cursor<BulkResult> unpinAll(Cursor<Cid> cids, Executor sender) {
        return http.upload("/bulk/unpin", new LineUpload<>(cids, LineUpload::cid), sender, ApiRecords::result);
    }

    /**
     * What happens from now on, or from where an earlier stream ended. Pinion only. The time limit of the settings counts
     * for the head of the answer only.
     *
     * @param types which types; empty = all
     * @param after {@link EventStream#lastId} or {@link ClusterEvent#id}; empty = from now on
     */
    public EventStream events(Set<String> types, String after) {
        String list = String.join(",", new TreeSet<>(types));
        return http.events("/events?types=" + encode(list) + "&after=" + encode(after), after);
    }

    /** Status of a CID. */
    public GlobalPinInfo status(Cid cid, boolean local) {
        return http.one("GET", "/pins/" + cid + "?local=" + local, PinRecords::status);
    }

    /** Status of several CIDs. */
    public Cursor<GlobalPinInfo> statuses(List<Cid> cids, boolean local) {
        String list = cids.stream().map(Cid::toString).collect(Collectors.joining(","));
        return http.stream("GET", "/pins?local=" + local + "&filter=&cids=" + list, PinRecords::status);
    }

    /** Status of several CIDs, as they come. */
    public void statuses(List<Cid> cids, boolean local, Consumer<GlobalPinInfo> each) {
        each(statuses(cids, local), each);
    }

    /** Status of all pins with one of the statuses in a comma list; empty = all. */
    public Cursor<GlobalPinInfo> statusAll(String filter, boolean local) {
        String query = "?local=" + local + "&filter=" + encode(filter) + "&cids=";
        return http.stream("GET", "/pins" + query, PinRecords::status);
    }

    /** Status of all pins, as they come; see {@link #statusAll(String, boolean)}. */
    public void statusAll(String filter, boolean local, Consumer<GlobalPinInfo> each) {
        each(statusAll(filter, local), each);
    }

    /** Status of those pins that meet conditions, in the order of their CIDs; see {@link #statusAll(String, boolean)}. Pinion only. */
    public Cursor<GlobalPinInfo> statusAll(PinQuery query, Page page, String filter, boolean local) {
        String conditions = Queries.of(query, page);
        String target = "/pins?local=" + local + "&filter=" + encode(filter);
        return http.stream("GET", target + (conditions.isEmpty() ? "" : "&" + conditions), PinRecords::status);
    }

    /** Tries a CID again. */
    public GlobalPinInfo recover(Cid cid, boolean local) {
        return http.one("POST", "/pins/" + cid + "/recover?local=" + local, PinRecords::status);
    }

    /** Tries everything again that failed; tells what was queued. */
    public Cursor<GlobalPinInfo> recoverAll(boolean local) {
        return http.stream("POST", "/pins/recover?local=" + local, PinRecords::status);
    }

    /** Tries everything again that failed; what was queued is passed on. */
    public void recoverAll(boolean local, Consumer<GlobalPinInfo> each) {
        each(recoverAll(local), each);
    }

    /** Compares the status of a CID with the IPFS nodes; servers without that call are asked for the status alone. */
    public GlobalPinInfo sync(Cid cid, boolean local) {
        try {
            return http.one("POST", "/pins/" + cid + "/sync?local=" + local, PinRecords::status);
        } catch (ApiException e) {
            if (e.code() != 404 && e.code() != 405) {
                throw e;
            }
            return status(cid, local);
        }
    }

    /** Compares all statuses with the IPFS nodes, and tells what changed or is in error. */
    public Cursor<GlobalPinInfo> syncAll(boolean local) {
        try {
            return http.stream("POST", "/pins/sync?local=" + local, PinRecords::status);
        } catch (ApiException e) {
            if (e.code() != 400 && e.code() != 404 && e.code() != 405) {
                throw e;
            }
            return statusAll("cluster_error,pin_error,unpin_error,unexpectedly_unpinned", local);
        }
    }

    /** Names of metrics. */
    public List<String> metricNames() {
        return http.array("/monitor/metrics", ApiRecords::strings);
    }

    /** Valid metrics of a name. */
    public List<Metric> metrics(String name) {
        List<Metric> all = new ArrayList<>();
        each(http.stream("GET", "/monitor/metrics/" + encode(name).replace("+", "%20"), PeerRecords::metric), all::add);
        return all;
    }

    /** Alerts, newest first. */
    public List<Alert> alerts() {
        List<Alert> all = new ArrayList<>();
        each(http.stream("GET", "/health/alerts", PeerRecords::alert), all::add);
        return all;
    }

    /** What went over the cluster's network so far, by protocol. */
    public SortedMap<String, Bandwidth> bandwidth() {
        return http.one("GET", "/health/bandwidth", NodeRecords::bandwidth);
    }

    /** Whether the peer is ready, and what it lacks. Pinion only. */
    public Readiness readiness() {
        return http.one("GET", "/health/components", NodeRecords::readiness);
    }

    /** Who is connected to whom. */
    public ConnectGraph graph() {
        return http.one("GET", "/health/graph", PeerRecords::graph);
    }

    /** Collects garbage on the IPFS nodes. */
    public List<RepoGc> collectGarbage(boolean local) {
        return http.one("POST", "/ipfs/gc?local=" + local, NodeRecords::collected);
    }

    /** Whether the peer is ready; false also when it cannot be reached. */
    public boolean isReady() {
        try {
            http.none("GET", "/health");
            return true;
        } catch (ApiException notReady) {
            return false;
        }
    }

    /**
     * Adds files and folders: sent while the output is read, in constant memory.
     *
     * @param source read on a thread of {@code sender}
     * @param output called on the caller's thread
     * @throws IOException if the source or the output fails
     */
    public void add(AddSource source, AddParams params, Executor sender, AddOutput output) throws IOException {
        http.add("/add?" + Queries.of(params), source, sender, output);
    }

    /** Closes all connections: calls that are under way on other threads fail. */
    @Override
    public void close() {
        http.close();
    }

    private static <T> void each(Cursor<T> rows, Consumer<T> each) {
        try (rows) {
            for (T row = rows.next(); row != null; row = rows.next()) {
                each.accept(row);
            }
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Every segment by itself: slashes stay. */
    private static String encodePath(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            segments.add(encode(segment).replace("+", "%20"));
        }
        return String.join("/", segments);
    }
}
