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

/**
 * The REST API as methods. Every method blocks; several threads may use one client, except that {@link #offsets} belongs
 * to the latest answer. Failures are {@link ApiException}.
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
        return http.one("GET", "/id", ApiRecords::peer);
    }

    /** Its version. */
    public String version() {
        return http.one("GET", "/version", in -> in.field("version"));
    }

    /** All peers, as they come. */
    public void peers(Consumer<PeerInfo> each) {
        http.each("GET", "/peers", ApiRecords::peer, each);
    }

    /** Lets a peer in. */
    public PeerInfo addPeer(PeerId peer) {
        byte[] body = ("{\"peer_id\":\"" + peer + "\"}").getBytes(StandardCharsets.UTF_8);
        return http.post("/peers", body, ApiRecords::peer);
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
        return http.one("POST", "/pins" + encodePath(path) + "?" + Queries.of(options), ApiRecords::pin);
    }

    /** Removes the pin that a path leads to; it is returned as it was. */
    public Pin unpin(String path) {
        return http.one("DELETE", "/pins" + encodePath(path), ApiRecords::pin);
    }

    /** A pin of the shared set. */
    public Pin allocation(Cid cid) {
        return http.one("GET", "/allocations/" + cid, ApiRecords::pin);
    }

    /**
     * All pins.
     *
     * @param filter comma list of types; empty or {@code all} for all
     */
    public void allocations(String filter, Consumer<Pin> each) {
        http.each("GET", "/allocations?filter=" + encode(filter), ApiRecords::pin, each);
    }

    /** Status of a CID. */
    public GlobalPinInfo status(Cid cid, boolean local) {
        return http.one("GET", "/pins/" + cid + "?local=" + local, ApiRecords::status);
    }

    /** Status of several CIDs, as they come. */
    public void statuses(List<Cid> cids, boolean local, Consumer<GlobalPinInfo> each) {
        String list = cids.stream().map(Cid::toString).collect(Collectors.joining(","));
        http.each("GET", "/pins?local=" + local + "&filter=&cids=" + list, ApiRecords::status, each);
    }

    /** Status of all pins with one of the statuses in a comma list; empty = all. */
    public void statusAll(String filter, boolean local, Consumer<GlobalPinInfo> each) {
        String query = "?local=" + local + "&filter=" + encode(filter) + "&cids=";
        http.each("GET", "/pins" + query, ApiRecords::status, each);
    }

    /** Tries a CID again. */
    public GlobalPinInfo recover(Cid cid, boolean local) {
        return http.one("POST", "/pins/" + cid + "/recover?local=" + local, ApiRecords::status);
    }

    /** Tries everything again that failed; what was queued is passed on. */
    public void recoverAll(boolean local, Consumer<GlobalPinInfo> each) {
        http.each("POST", "/pins/recover?local=" + local, ApiRecords::status, each);
    }

    /** Names of metrics. */
    public List<String> metricNames() {
        return http.array("/monitor/metrics", ApiRecords::strings);
    }

    /** Valid metrics of a name. */
    public List<Metric> metrics(String name) {
        List<Metric> all = new ArrayList<>();
        http.each("GET", "/monitor/metrics/" + encode(name), ApiRecords::metric, all::add);
        return all;
    }

    /** Alerts, newest first. */
    public List<Alert> alerts() {
        List<Alert> all = new ArrayList<>();
        http.each("GET", "/health/alerts", ApiRecords::alert, all::add);
        return all;
    }

    /** Who is connected to whom. */
    public ConnectGraph graph() {
        return http.one("GET", "/health/graph", ApiRecords::graph);
    }

    /** Collects garbage on the IPFS nodes. */
    public List<RepoGc> collectGarbage(boolean local) {
        return http.one("POST", "/ipfs/gc?local=" + local, ApiRecords::collected);
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

    /** Closes idle connections. */
    @Override
    public void close() {
        http.close();
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
