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
package org.pinion.itests.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Rest;

/** Peers of both kinds in one CRDT cluster, and the Kubo daemons beside those of the reference. */
final class MixedCluster implements AutoCloseable {
    /** How long anything may take. */
    static final Duration LIMIT = Duration.ofMinutes(3);

    private static final int LOG_LINES = 60;

    private final Path folder;
    private final String secret;
    private final List<Member> members = new ArrayList<>();
    private final List<KuboNode> kubos = new ArrayList<>();
    private final Map<String, JsonNode> ipfsIds = new ConcurrentHashMap<>();

    /** One without peers; an empty secret means none. */
    MixedCluster(Path folder, String secret) {
        this.folder = folder;
        this.secret = secret;
    }

    /** Starts a Kubo daemon. */
    KuboNode kubo(String name, Consumer<ObjectNode> change) {
        try {
            KuboNode kubo = new KuboNode(Binaries.kubo(), folder.resolve(name), change);
            kubos.add(kubo);
            return kubo;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Makes a peer of the reference, which does not run yet. */
    ReferencePeer theirs(String name, KuboNode kubo, Consumer<ObjectNode> change) {
        try {
            ReferencePeer peer = new ReferencePeer(folder.resolve(name), secret, kubo, change);
            members.add(peer);
            return peer;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Makes a peer of ours, which does not run yet. */
    OurPeer ours(String name, Consumer<ObjectNode> change) {
        OurPeer peer = new OurPeer(folder.resolve(name), secret, change);
        members.add(peer);
        return peer;
    }

    /** Writes everybody's address into everybody's peerstore file. */
    void introduceAll() {
        for (Member member : members) {
            member.knows(members.stream()
                    .filter(other -> other != member)
                    .map(Member::clusterAddress)
                    .toList());
        }
    }

    /** Starts all peers, waits until each sees all, and connects the IPFS nodes. */
    MixedCluster start() {
        members.forEach(Member::start);
        kubos.forEach(KuboNode::awaitReady);
        awaitWhole();
        connectIpfs();
        return this;
    }

    /** Forgets a peer that does not run any more. */
    void forget(Member member) {
        member.close();
        members.remove(member);
    }

    List<Member> members() {
        return List.copyOf(members);
    }

    List<KuboNode> kubos() {
        return List.copyOf(kubos);
    }

    Member member(String name) {
        return members.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until every peer's list shows every peer, all well. */
    void awaitWhole() {
        awaitEachSees(members, members);
    }

    /** Waits until the lists of {@code watchers} show exactly {@code seen}, all well. */
    void awaitEachSees(Collection<Member> watchers, Collection<Member> seen) {
        Set<String> expected = seen.stream().map(Member::id).collect(Collectors.toCollection(TreeSet::new));
        for (Member watcher : watchers) {
            Await.until(
                    watcher.name() + " sees " + seen.stream().map(Member::name).toList(),
                    LIMIT,
                    () -> {
                        List<JsonNode> peers = watcher.jsonLines("/peers");
                        Set<String> well = new TreeSet<>();
                        for (JsonNode peer : peers) {
                            boolean fine = peer.path("error").asText().isEmpty()
                                    && peer.at("/ipfs/error").asText().isEmpty()
                                    && !peer.at("/ipfs/id").asText().isEmpty();
                            well.add(peer.path("id").asText() + (fine ? "" : " with an error"));
                        }
                        return well.equals(expected) ? "" : peers.toString();
                    },
                    this::logs);
        }
    }

    /** Waits until every one of {@code watchers} has these metrics of exactly {@code seen}: what allocations go by. */
    void awaitMetrics(Collection<Member> watchers, Collection<Member> seen, String... names) {
        Set<String> expected = seen.stream().map(Member::id).collect(Collectors.toCollection(TreeSet::new));
        for (Member watcher : watchers) {
            for (String name : names) {
                Await.until(
                        name + " of " + seen.stream().map(Member::name).toList() + " at " + watcher.name(),
                        LIMIT,
                        () -> {
                            JsonNode metrics = watcher.json("/monitor/metrics/" + name);
                            Set<String> ids = new TreeSet<>();
                            metrics.forEach(
                                    metric -> ids.add(metric.path("peer").asText()));
                            return ids.equals(expected) ? "" : metrics.toString();
                        },
                        this::logs);
            }
        }
    }

    /**
     * Has one peer unpin what is left, until nobody has a pin. One alone: the reference may keep pins that two remove at
     * once. More than once: what it has not merged yet is not removed.
     */
    void unpinAll(Member by) {
        Await.until(
                "everything is unpinned",
                LIMIT,
                () -> {
                    for (String cid : pinset(by).keySet()) {
                        by.delete("/pins/" + cid);
                    }
                    for (Member each : members) {
                        Map<String, JsonNode> left = pinset(each);
                        if (!left.isEmpty()) {
                            return each.name() + " has " + left.keySet();
                        }
                    }
                    return "";
                },
                this::logs);
    }

    /** Connects every Kubo daemon with every other IPFS node of the cluster. */
    void connectIpfs() {
        for (Member member : members) {
            connectIpfsOf(member);
        }
    }

    /** Connects one peer's IPFS node with every Kubo daemon. */
    void connectIpfsOf(Member member) {
        JsonNode ipfs = ipfs(member);
        for (KuboNode kubo : kubos) {
            for (JsonNode address : ipfs.path("addresses")) {
                if (!kubo.peerId().equals(ipfs.path("id").asText())) {
                    kubo.ipfs("swarm", "connect", address.asText());
                }
            }
        }
    }

    private JsonNode ipfs(Member member) {
        return ipfsIds.computeIfAbsent(member.name(), name -> {
            try {
                return member.json("/id").path("ipfs");
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError(interrupted);
            }
        });
    }

    /** Waits until every peer answers that a CID is pinned on every peer. */
    void awaitPinnedEverywhere(String cid) {
        awaitStatus(cid, members, members, "pinned");
    }

    /** Waits until every one of {@code asked} answers a status for a CID on every one of {@code on}. */
    void awaitStatus(String cid, Collection<Member> asked, Collection<Member> on, String status) {
        for (Member each : asked) {
            Await.until(
                    cid + " is " + status + " on "
                            + on.stream().map(Member::name).toList() + ", says " + each.name(),
                    LIMIT,
                    () -> {
                        JsonNode map = each.json("/pins/" + cid).path("peer_map");
                        return on.stream()
                                        .allMatch(peer -> map.path(peer.id())
                                                .path("status")
                                                .asText()
                                                .equals(status))
                                ? ""
                                : map.toString();
                    },
                    this::logs);
        }
    }

    /** Waits until a CID is pinned or remote on every peer, for everybody. */
    void awaitSettled(String cid) {
        for (Member each : members) {
            Await.until(
                    cid + " is settled, says " + each.name(),
                    LIMIT,
                    () -> {
                        JsonNode map = each.json("/pins/" + cid).path("peer_map");
                        long settled = members.stream()
                                .map(peer -> map.path(peer.id()).path("status").asText())
                                .filter(status -> status.equals("pinned") || status.equals("remote"))
                                .count();
                        return settled == members.size() ? "" : map.toString();
                    },
                    this::logs);
        }
    }

    /** Waits until a CID is in the pin set of each. */
    void awaitInPinset(String cid, Collection<Member> asked) {
        awaitAllocationsAnswer(200, cid, asked);
    }

    /** Waits until everybody's pin for a CID is as wished. */
    void awaitPin(String cid, Predicate<JsonNode> wished) {
        for (Member each : members) {
            Await.until(
                    "pin " + cid + " is as wished at " + each.name(),
                    LIMIT,
                    () -> {
                        Rest.Answer answer = each.get("/allocations/" + cid);
                        boolean found = answer.status() == 200 && wished.test(Member.JSON.readTree(answer.body()));
                        return found ? "" : answer.toString();
                    },
                    this::logs);
        }
    }

    /** Waits until a CID is in nobody's pin set. */
    void awaitGone(String cid) {
        awaitAllocationsAnswer(404, cid, members);
    }

    private void awaitAllocationsAnswer(int status, String cid, Collection<Member> asked) {
        for (Member each : asked) {
            Await.until(
                    each.name() + " answers " + status + " for pin " + cid,
                    LIMIT,
                    () -> {
                        int answer = each.get("/allocations/" + cid).status();
                        return answer == status ? "" : "it answers " + answer;
                    },
                    this::logs);
        }
    }

    /** Waits until all have the same pin set, each pin with the same fields, and that it has {@code size} pins. */
    Map<String, JsonNode> awaitSamePinsets(int size, Collection<Member> asked) {
        Map<String, JsonNode> result = new TreeMap<>();
        Await.until(
                "the pin sets of " + asked.stream().map(Member::name).toList() + " are equal, with " + size + " pins",
                LIMIT,
                () -> {
                    Map<String, Map<String, JsonNode>> all = new TreeMap<>();
                    for (Member each : asked) {
                        all.put(each.name(), pinset(each));
                    }
                    Map<String, JsonNode> first = all.values().iterator().next();
                    result.clear();
                    result.putAll(first);
                    boolean equal =
                            first.size() == size && all.values().stream().allMatch(first::equals);
                    return equal ? "" : difference(all);
                },
                this::logs);
        return result;
    }

    /** A peer's pin set by CID. Times are as its zone has them: all peers of a test run in one zone. */
    static Map<String, JsonNode> pinset(Member member) throws IOException, InterruptedException {
        Map<String, JsonNode> pins = new TreeMap<>();
        for (JsonNode pin : member.jsonLines("/allocations")) {
            pins.put(pin.path("cid").asText(), pin);
        }
        return pins;
    }

    private static String difference(Map<String, Map<String, JsonNode>> all) {
        StringBuilder text = new StringBuilder();
        all.forEach((name, pins) ->
                text.append(name).append(": ").append(pins.size()).append(" pins\n"));
        Map<String, JsonNode> first = all.values().iterator().next();
        all.forEach((name, pins) -> Stream.concat(first.keySet().stream(), pins.keySet().stream())
                .distinct()
                .filter(cid -> !String.valueOf(first.get(cid)).equals(String.valueOf(pins.get(cid))))
                .limit(2)
                .forEach(cid -> text.append(name)
                        .append(": ")
                        .append(pins.get(cid))
                        .append(" but first: ")
                        .append(first.get(cid))
                        .append('\n')));
        return text.toString();
    }

    /** The ends of all logs. */
    String logs() {
        return Stream.concat(members.stream().map(Member::log), kubos.stream().map(KuboNode::log))
                .map(MixedCluster::end)
                .collect(Collectors.joining("\n"));
    }

    private static String end(String log) {
        List<String> lines = log.lines()
                .filter(line -> !line.isBlank() && !line.contains("restapilog") && !line.contains("bad pin depth"))
                .toList();
        int from = Math.max(1, lines.size() - LOG_LINES);
        return lines.isEmpty() ? "" : lines.get(0) + "\n" + String.join("\n", lines.subList(from, lines.size()));
    }

    @Override
    public void close() {
        members.forEach(Member::close);
        kubos.forEach(KuboNode::close);
    }
}
