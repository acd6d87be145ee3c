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

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ConnectGraph;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Metric;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.PinOptions;
import org.pinion.spi.RepoGc;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Bandwidth;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.pintracker.PinReconciler;
import org.pinion.spi.state.PinIndexes;
import org.pinion.spi.state.PinQuery;

/** A cluster of two peers in memory. */
final class MemoryCluster implements Pinset, PinStatuses, Peers, Health, Adder, PinIndexes, PinReconciler, Bandwidth {
    static final PeerId SELF = PeerId.parse("12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN");
    static final PeerId OTHER = PeerId.parse("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5");
    static final PeerId NODE = PeerId.parse("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N");

    final Map<Cid, Pin> pins = new ConcurrentSkipListMap<>();
    final List<String> added = new CopyOnWriteArrayList<>();
    volatile AddParams params = AddParams.DEFAULT;
    volatile Optional<String> failAt = Optional.empty();
    volatile long bytesAdded;
    volatile int found;
    volatile int reconciled;

    @Override
    public CompletionStage<Pin> pin(Pin pin) {
        if (pin.options().name().equals("refuse")) {
            return CompletableFuture.failedFuture(
                    new ClusterException(ErrorCode.NOT_ENOUGH_PEERS, "not enough peers <&> for it"));
        }
        Pin stored = pin.withTimestamp(TestExecutors.NOW).withAllocations(List.of(SELF, OTHER));
        pins.put(pin.cid(), stored);
        return CompletableFuture.completedFuture(stored);
    }

    @Override
    public CompletionStage<Pin> pinPath(String path, PinOptions options) {
        if (path.contains("nothing")) {
            return CompletableFuture.failedFuture(new ClusterException(ErrorCode.INTERNAL, "no link named nothing"));
        }
        return pin(Pin.of(cid(path), options));
    }

    @Override
    public CompletionStage<Pin> unpin(Cid cid) {
        Pin pin = pins.remove(cid);
        return pin == null
                ? CompletableFuture.failedFuture(
                        new ClusterException(ErrorCode.NOT_FOUND, "pin is not part of the pinset"))
                : CompletableFuture.completedFuture(pin);
    }

    @Override
    public CompletionStage<Pin> unpinPath(String path) {
        return unpin(cid(path));
    }

    @Override
    public Optional<Pin> get(Cid cid) {
        return Optional.ofNullable(pins.get(cid));
    }

    @Override
    public Cursor<Pin> list(Cid after) {
        Cursor<Pin> all = Cursor.of(pins.values());
        return all.filter(pin -> after == null || pin.cid().compareTo(after) > 0)
                .map(pin -> {
                    if (pin.options().name().equals("broken")) {
                        throw new ClusterException(ErrorCode.STORAGE, "state is\nbroken at " + pin.cid());
                    }
                    return pin;
                });
    }

    @Override
    public Cursor<Pin> find(PinQuery query, Cid after) {
        found++;
        return list(after).filter(query::matches);
    }

    @Override
    public Cursor<Pin> expiredBefore(Instant when) {
        return list(null).filter(pin -> pin.isExpired(when));
    }

    @Override
    public Cursor<Pin> named(String name) {
        return find(PinQuery.ALL.withName(name), null);
    }

    @Override
    public void reconcile() {
        reconciled++;
    }

    @Override
    public CompletionStage<PinInfo> reconcile(Cid cid) {
        reconciled++;
        return statusLocal(cid);
    }

    @Override
    public SortedMap<String, Bandwidth.Usage> byProtocol() {
        return new TreeMap<>(Map.of(
                "", new Bandwidth.Usage(10, 20, 0, 0.00099),
                "/ipfs/ping/1.0.0", new Bandwidth.Usage(32, 64, 1.5, 123456789)));
    }

    @Override
    public CompletionStage<List<PeerId>> allocateBlocks(Pin pin) {
        return CompletableFuture.completedFuture(List.of(SELF));
    }

    @Override
    public CompletionStage<GlobalPinInfo> status(Cid cid) {
        return CompletableFuture.completedFuture(GlobalPinInfo.of(local(cid)));
    }

    @Override
    public CompletionStage<PinInfo> statusLocal(Cid cid) {
        return CompletableFuture.completedFuture(local(cid));
    }

    private PinInfo local(Cid cid) {
        Pin pin = pins.get(cid);
        if (pin != null && pin.options().name().equals("lost")) {
            throw new ClusterException(ErrorCode.TIMEOUT, "peer did not answer for " + cid);
        }
        TrackerStatus status = pin == null ? TrackerStatus.UNPINNED : TrackerStatus.PINNED;
        PeerPinStatus part = new PeerPinStatus(
                "peer0",
                NODE,
                List.of(Multiaddr.parse("/ip4/10.0.0.5/tcp/4001/p2p/" + NODE)),
                status,
                TestExecutors.NOW,
                "",
                1,
                false);
        return pin == null
                ? new PinInfo(cid, "", SELF, List.of(), List.of(), null, new TreeMap<>(), part)
                : PinInfo.of(pin, SELF, part);
    }

    @Override
    public Cursor<GlobalPinInfo> statusAll(StatusFilter filter) {
        return statusAllLocal(filter).map(GlobalPinInfo::of);
    }

    @Override
    public Cursor<PinInfo> statusAllLocal(StatusFilter filter) {
        return Cursor.of(List.copyOf(pins.keySet()))
                .map(this::local)
                .filter(info -> filter.matches(info.status().status()));
    }

    @Override
    public CompletionStage<GlobalPinInfo> recover(Cid cid) {
        return status(cid);
    }

    @Override
    public CompletionStage<PinInfo> recoverLocal(Cid cid) {
        return pins.containsKey(cid)
                ? statusLocal(cid)
                : CompletableFuture.failedFuture(
                        new ClusterException(ErrorCode.NOT_FOUND, "pin is not part of the pinset"));
    }

    @Override
    public Cursor<GlobalPinInfo> recoverAll() {
        return Cursor.empty();
    }

    @Override
    public Cursor<PinInfo> recoverAllLocal() {
        return Cursor.empty();
    }

    @Override
    public CompletionStage<PeerInfo> id() {
        return CompletableFuture.completedFuture(info());
    }

    private static PeerInfo info() {
        return new PeerInfo(
                SELF,
                List.of(
                        Multiaddr.parse("/ip4/127.0.0.1/tcp/9096/p2p/" + SELF),
                        Multiaddr.parse("/ip4/10.0.0.5/tcp/9096/p2p/" + SELF)),
                List.of(SELF, OTHER),
                List.of(Multiaddr.parse("/ip4/10.0.0.6/tcp/9096/p2p/" + OTHER)),
                "1.1.6+pinion.0.1.0",
                "",
                "/ipfscluster/1.0/rpc",
                "",
                new IpfsId(NODE, List.of(Multiaddr.parse("/ip4/10.0.0.5/tcp/4001/p2p/" + NODE)), ""),
                "peer0");
    }

    @Override
    public Cursor<PeerInfo> list() {
        return Cursor.of(List.of(info(), PeerInfo.failed(OTHER, "dial failed")));
    }

    @Override
    public CompletionStage<PeerInfo> add(PeerId peer) {
        return CompletableFuture.completedFuture(PeerInfo.failed(peer, "not asked"));
    }

    @Override
    public CompletionStage<Void> remove(PeerId peer) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> join(Multiaddr address) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<ConnectGraph> graph() {
        TreeMap<PeerId, String> names = new TreeMap<>(Map.of(SELF, "peer0"));
        TreeMap<PeerId, List<PeerId>> links = new TreeMap<>(Map.of(SELF, List.of(OTHER), OTHER, List.of()));
        TreeMap<PeerId, Boolean> trust = new TreeMap<>(Map.of(SELF, true, OTHER, true));
        return CompletableFuture.completedFuture(new ConnectGraph(
                SELF, names, new TreeMap<>(Map.of(NODE, List.of())), links, trust, new TreeMap<>(Map.of(SELF, NODE))));
    }

    @Override
    public CompletionStage<IpfsId> ipfsId(PeerId peer) {
        return CompletableFuture.completedFuture(new IpfsId(NODE, List.of(), ""));
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public List<String> missing() {
        return List.of();
    }

    @Override
    public List<Metric> metrics(String name) {
        long expire = Metric.unixNanos(Instant.now().plusSeconds(3600 * 24 * 3 + 60));
        return name.equals("freespace")
                ? List.of(new Metric(name, SELF, "10000000000", expire, true, 10_000_000_000L, false, 1))
                : List.of();
    }

    @Override
    public List<String> metricNames() {
        return List.of("freespace", "ping");
    }

    @Override
    public List<Alert> alerts() {
        Metric metric = new Metric("ping", OTHER, "", 1_000_000_000L, true, 0, false, 7);
        return List.of(new Alert(metric, Instant.parse("2026-11-22T14:00:00Z")));
    }

    @Override
    public CompletionStage<RepoGc> collectGarbageLocal() {
        return collectGarbage().thenApply(all -> all.get(0));
    }

    @Override
    public CompletionStage<List<RepoGc>> collectGarbage() {
        return CompletableFuture.completedFuture(List.of(
                new RepoGc(
                        SELF,
                        "peer0",
                        List.of(new RepoGc.Removed(cid("gone"), ""), new RepoGc.Removed(null, "locked")),
                        ""),
                new RepoGc(OTHER, "peer1", List.of(), "dial failed")));
    }

    @Override
    public Cid add(AddSource source, AddParams how, AddOutput output) throws IOException {
        params = how;
        Cid last = cid("empty");
        for (AddSource.Entry entry = source.next(); entry != null; entry = source.next()) {
            long size = 0;
            try (InputStream content = entry.content()) {
                byte[] buffer = new byte[64 << 10];
                StringBuilder text = new StringBuilder();
                for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                    size += n;
                    if (size < 100) {
                        text.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                    }
                }
                added.add(entry.kind() + " " + entry.path() + " " + (size < 100 ? text : size + " bytes"));
            }
            if (failAt.filter(entry.path()::equals).isPresent()) {
                throw new ClusterException(ErrorCode.STORAGE, "no space\nfor " + entry.path());
            }
            bytesAdded += size;
            last = cid(entry.path());
            output.added(new AddOutput.Added(entry.path(), last, 0, size, List.of(SELF)));
        }
        return last;
    }

    static Cid cid(String seed) {
        return Cid.v1(Cid.RAW, Multihash.sha256(seed.getBytes(StandardCharsets.UTF_8)));
    }

    /** Names of added entries so far. */
    List<String> addedEntries() {
        return new ArrayList<>(added);
    }
}
