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
package org.pinion.ipfsconnector.ipfshttp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.IpfsId;
import org.pinion.spi.RepoGc.Removed;
import org.pinion.spi.RepoStat;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.informer.InformerTicks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node itself: identity, repository, network, paths. Blocks: worker threads only. */
final class NodeCalls {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.ipfsconnector.ipfshttp");

    private static final Pattern VERSION = Pattern.compile("^(?:kubo|go-ipfs)/0\\.(\\d{1,6})\\.");
    /** The first minor version whose block/put takes a codec. */
    private static final int OLDEST = 13;

    private final KuboRpc rpc;
    private final IpfsHttpSettings settings;
    private final Executors executors;
    private final InformerTicks ticks;
    private volatile String lastAgent = "";

    NodeCalls(KuboRpc rpc, IpfsHttpSettings settings, Executors executors, InformerTicks ticks) {
        this.ticks = ticks;
        this.rpc = rpc;
        this.settings = settings;
        this.executors = executors;
    }

    IpfsId id() {
        Map<String, Object> answer = rpc.ask("id", settings.requestTimeout());
        warnOfOld(Json.text(answer, "AgentVersion"));
        List<Multiaddr> addresses = new ArrayList<>();
        for (Object address : Json.list(answer, "Addresses")) {
            try {
                addresses.add(Multiaddr.parse(String.valueOf(address)));
            } catch (IllegalArgumentException e) {
                LOG.debug("an address of the IPFS node is left out: {}", e.getMessage());
            }
        }
        return new IpfsId(peer(Json.text(answer, "ID")), addresses, "");
    }

    /** Says once of every node that it is too old to put blocks. */
    private void warnOfOld(String agent) {
        if (agent.equals(lastAgent)) {
            return;
        }
        lastAgent = agent;
        Matcher version = VERSION.matcher(agent);
        if (version.find() && Integer.parseInt(version.group(1)) < OLDEST) {
            LOG.warn(
                    "the IPFS node is {}: it knows no block/put with cid-codec, so nothing can be added to it; use Kubo"
                            + " 0.{} or later",
                    agent,
                    OLDEST);
        }
    }

    RepoStat stat() {
        Map<String, Object> answer =
                rpc.ask(KuboRpc.command("repo/stat", "size-only", "true"), settings.requestTimeout());
        return new RepoStat(Json.number(answer, "RepoSize"), Json.number(answer, "StorageMax"));
    }

    List<PeerId> swarmPeers() {
        Map<String, Object> answer = rpc.ask("swarm/peers", settings.requestTimeout());
        List<PeerId> peers = new ArrayList<>();
        for (Object peer : Json.list(answer, "Peers")) {
            if (peer instanceof Map<?, ?> fields) {
                peers.add(peer(String.valueOf(fields.get("Peer"))));
            }
        }
        return peers;
    }

    private static PeerId peer(String text) {
        try {
            return PeerId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ClusterException(
                    ErrorCode.INTERNAL, "the IPFS node gave a peer id that cannot be understood: " + text, e);
        }
    }

    /** Dials one address after the other within the request timeout. */
    void connect(List<Multiaddr> addresses, BooleanSupplier stop) {
        long began = executors.nanoTime();
        long most = settings.requestTimeout().toNanos();
        for (Multiaddr address : addresses) {
            long left = most - (executors.nanoTime() - began);
            if (stop.getAsBoolean() || (most > 0 && left <= 0)) {
                return;
            }
            try {
                rpc.one(
                        KuboRpc.command("swarm/connect", "arg", address.toString()),
                        most > 0 ? Duration.ofNanos(left) : Duration.ZERO);
            } catch (UnreachableException e) {
                LOG.debug("IPFS swarm not connected: {}", e.getMessage());
                return; // the others would only wait for the same node
            } catch (ClusterException e) {
                LOG.debug("IPFS swarm not connected to {}: {}", address, e.getMessage());
            }
        }
    }

    Cid resolve(String path) {
        String full = path.startsWith("/") ? path : "/ipfs/" + path;
        String[] parts = full.split("/");
        boolean immutable = parts.length > 2 && (parts[1].equals("ipfs") || parts[1].equals("ipld"));
        if (parts.length == 3 && immutable) {
            return cid(path, parts[2]);
        }
        if (parts.length < 3 || !(immutable || parts[1].equals("ipns"))) {
            throw bad(path, null);
        }
        Map<String, Object> answer = rpc.ask(KuboRpc.command("resolve", "arg", full), settings.requestTimeout());
        String[] found = Json.text(answer, "Path").split("/");
        if (found.length < 3 || found[1].equals("ipns")) {
            throw bad(path, null);
        }
        return cid(path, found[2]);
    }

    private static Cid cid(String path, String text) {
        try {
            return Cid.parse(text);
        } catch (IllegalArgumentException e) {
            throw bad(path, e);
        }
    }

    private static ClusterException bad(String path, @Nullable Exception cause) {
        String text =
                "invalid path \"" + path + "\": it leads to no CID" + (cause == null ? "" : ": " + cause.getMessage());
        return cause == null
                ? new ClusterException(ErrorCode.BAD_REQUEST, text)
                : new ClusterException(ErrorCode.BAD_REQUEST, text, cause);
    }

    /** Starts with the first pull. */
    Cursor<Removed> collectGarbage() {
        return new Cursor<>() {
            private KuboRpc.@Nullable Call call;

            @Override
            public @Nullable Removed next() {
                KuboRpc.Call open = call;
                if (open == null) {
                    open = rpc.call(KuboRpc.command("repo/gc", "stream-errors", "true"), settings.gcTimeout());
                    call = open;
                }
                Map<String, Object> row = open.next();
                if (row == null) {
                    ticks.tick();
                    return null;
                }
                String cid = Json.link(row, "Key");
                return new Removed(cid.isEmpty() ? null : cid("repo/gc", cid), Json.text(row, "Error"));
            }

            @Override
            public void close() {
                if (call != null) {
                    call.close();
                }
            }
        };
    }
}
