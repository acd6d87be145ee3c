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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.config.GoDuration;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.informer.InformerTicks;
import org.pinion.spi.ipfsconnector.IpfsConnector.IpfsPin;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node's pins. Blocks: worker threads only. */
final class PinCalls {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.ipfsconnector.ipfshttp");
    private static final String NOT_PINNED = "not pinned";
    private static final String NOT_PINNED_HERE = "not pinned or pinned indirectly";

    private final KuboRpc rpc;
    private final IpfsHttpSettings settings;
    private final Executors executors;
    private final Lane timers;
    private final InformerTicks ticks;

    PinCalls(KuboRpc rpc, IpfsHttpSettings settings, Executors executors, Lane timers, InformerTicks ticks) {
        this.ticks = ticks;
        this.rpc = rpc;
        this.settings = settings;
        this.executors = executors;
        this.timers = timers;
    }

    /** Pins and returns at the end; {@code result} cancelled before ends the call. */
    void pin(Pin pin, CompletableFuture<Void> result) {
        if (status(pin.cid(), pin.maxDepth()).isPinned(pin.maxDepth()) || result.isDone()) {
            return;
        }
        ticks.tick();
        try {
            Cid from = pin.options().pinUpdate();
            if (from != null && status(from, pin.maxDepth()) == IpfsPinStatus.RECURSIVE) {
                update(from, pin.cid(), result);
            } else {
                add(pin, result);
            }
        } finally {
            ticks.tick();
        }
    }

    private void update(Cid from, Cid to, CompletableFuture<Void> result) {
        String command = KuboRpc.command("pin/update", "arg", from.toString(), "arg", to.toString(), "unpin", "false");
        try (KuboRpc.Call call = rpc.call(command, Duration.ZERO)) {
            endWith(result, call, to);
            call.only();
        }
    }

    private void add(Pin pin, CompletableFuture<Void> result) {
        Cid cid = pin.cid();
        boolean pinned = false;
        try (KuboRpc.Call call = rpc.call(addCommand(pin), Duration.ZERO);
                Watchdog watchdog =
                        new Watchdog(executors, timers, call, settings.pinTimeout(), () -> noProgress(cid))) {
            endWith(result, call, cid);
            long highest = 0;
            for (Map<String, Object> step = call.next(); step != null; step = call.next()) {
                pinned |= step.containsKey("Pins");
                long progress = Json.number(step, "Progress");
                if (progress > highest) {
                    highest = progress;
                    watchdog.progress();
                }
            }
        }
        if (!pinned) {
            throw new ClusterException(
                    ErrorCode.INTERNAL,
                    "pinning " + cid + ": the IPFS node ended its answer without saying that it is pinned");
        }
    }

    private static void endWith(CompletableFuture<Void> result, KuboRpc.Call call, Cid cid) {
        result.whenComplete((none, failure) -> {
            if (result.isCancelled()) {
                call.abort(new ClusterException(ErrorCode.UNAVAILABLE, "pinning " + cid + " was called off"));
            }
        });
    }

    private ClusterException noProgress(Cid cid) {
        return new ClusterException(
                ErrorCode.TIMEOUT,
                "pinning " + cid + ": the IPFS node made no progress for " + GoDuration.format(settings.pinTimeout())
                        + " (pin_timeout)");
    }

    private static String addCommand(Pin pin) {
        String cid = pin.cid().toString();
        int depth = pin.maxDepth();
        if (depth > 0) {
            return KuboRpc.command(
                    "pin/add",
                    "arg",
                    cid,
                    "max-depth",
                    Integer.toString(depth),
                    "recursive",
                    "true",
                    "progress",
                    "true");
        }
        return KuboRpc.command("pin/add", "arg", cid, "recursive", depth == 0 ? "false" : "true", "progress", "true");
    }

    void unpin(Cid cid) {
        try {
            rpc.one(KuboRpc.command("pin/rm", "arg", cid.toString()), settings.unpinTimeout());
        } catch (KuboException e) {
            // the node does not have it: that is what was wanted
            if (!e.kuboMessage().equals(NOT_PINNED_HERE)) {
                throw e;
            }
        }
    }

    /** How the node holds a CID, looked up among the pins of that depth. */
    IpfsPinStatus status(Cid cid, int depth) {
        String type = depth == 0 ? "direct" : "recursive";
        String command = KuboRpc.command("pin/ls", "stream", "true", "arg", cid.toString(), "type", type);
        try {
            return statusOf(Json.text(rpc.ask(command, settings.requestTimeout()), "Type"));
        } catch (KuboException e) {
            if (e.kuboMessage().endsWith(NOT_PINNED)) {
                return IpfsPinStatus.UNPINNED;
            }
            throw e;
        }
    }

    private static IpfsPinStatus statusOf(String type) {
        if (type.startsWith("indirect")) {
            return IpfsPinStatus.INDIRECT;
        }
        return switch (type) {
            case "recursive" -> IpfsPinStatus.RECURSIVE;
            case "direct" -> IpfsPinStatus.DIRECT;
            case "" -> IpfsPinStatus.UNPINNED;
            default -> IpfsPinStatus.BUG;
        };
    }

    /** All pins of those kinds, one kind after the other. */
    Cursor<IpfsPin> list(Set<IpfsPinStatus> kinds) {
        List<String> types = List.of(IpfsPinStatus.RECURSIVE, IpfsPinStatus.DIRECT).stream()
                .filter(kinds::contains)
                .map(kind -> kind == IpfsPinStatus.DIRECT ? "direct" : "recursive")
                .toList();
        return new Listing(types);
    }

    private final class Listing implements Cursor<IpfsPin> {
        private final List<String> types;
        private int next;
        private KuboRpc.@Nullable Call call;
        private @Nullable Watchdog watchdog;
        private boolean warned;

        Listing(List<String> types) {
            this.types = types;
        }

        @Override
        public @Nullable IpfsPin next() {
            while (true) {
                KuboRpc.Call open = call;
                if (open == null) {
                    if (next == types.size()) {
                        return null;
                    }
                    open = open(types.get(next++));
                }
                Map<String, Object> row = read(open);
                if (row == null) {
                    close();
                    continue;
                }
                try {
                    return new IpfsPin(Cid.parse(Json.text(row, "Cid")), statusOf(Json.text(row, "Type")));
                } catch (IllegalArgumentException e) {
                    if (!warned) {
                        warned = true;
                        LOG.warn("the IPFS node lists pins that cannot be understood, the first of them: {}", row);
                    }
                }
            }
        }

        /** The whole listing may take as long as it is read, but the node is to go on. */
        private KuboRpc.Call open(String type) {
            KuboRpc.Call open = rpc.call(KuboRpc.command("pin/ls", "stream", "true", "type", type), Duration.ZERO);
            call = open;
            Duration limit = settings.requestTimeout();
            watchdog = new Watchdog(
                    executors,
                    timers,
                    open,
                    limit,
                    () -> new ClusterException(
                            ErrorCode.TIMEOUT,
                            "the IPFS node's list of " + type + " pins did not go on for " + GoDuration.format(limit)
                                    + " (ipfs_request_timeout)"));
            return open;
        }

        private @Nullable Map<String, Object> read(KuboRpc.Call open) {
            Watchdog watching = watchdog;
            if (watching != null) {
                watching.progress();
            }
            Map<String, Object> row = open.next();
            if (watching != null) {
                watching.rest();
            }
            return row;
        }

        @Override
        public void close() {
            KuboRpc.Call open = call;
            call = null;
            Watchdog watching = watchdog;
            watchdog = null;
            if (watching != null) {
                watching.close();
            }
            if (open != null) {
                open.close();
            }
        }
    }
}
