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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.flow.Cursor;
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

    PinCalls(KuboRpc rpc, IpfsHttpSettings settings, Executors executors, Lane timers) {
        this.rpc = rpc;
        this.settings = settings;
        this.executors = executors;
        this.timers = timers;
    }

    /** Pins and returns at the end; {@code result} cancelled before ends the call. */
    void pin(Pin pin, CompletableFuture<Void> result) {
        Cid cid = pin.cid();
        if (status(cid, pin.maxDepth()).isPinned(pin.maxDepth())) {
            return;
        }
        Cid from = pin.options().pinUpdate();
        if (from != null && status(from, pin.maxDepth()) == IpfsPinStatus.RECURSIVE) {
            rpc.one(
                    KuboRpc.command("pin/update", "arg", from.toString(), "arg", cid.toString(), "unpin", "false"),
                    Duration.ZERO);
            return;
        }
        try (KuboRpc.Call call = rpc.call(addCommand(pin), Duration.ZERO);
                Watchdog watchdog = new Watchdog(cid, call)) {
            result.whenComplete((none, failure) -> {
                if (result.isCancelled()) {
                    call.abort(new ClusterException(ErrorCode.UNAVAILABLE, "pinning " + cid + " was called off"));
                }
            });
            long highest = 0;
            for (Map<String, Object> step = call.next(); step != null; step = call.next()) {
                long progress = Json.number(step, "Progress");
                if (progress > highest) {
                    highest = progress;
                    watchdog.progress();
                }
            }
        }
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

    /** Ends a call that makes no progress. */
    private final class Watchdog implements AutoCloseable {
        private final Cid cid;
        private final KuboRpc.Call call;
        private final AtomicLong lastNanos = new AtomicLong(executors.nanoTime());
        private volatile @Nullable Cancellable timer;
        private volatile boolean closed;

        Watchdog(Cid cid, KuboRpc.Call call) {
            this.cid = cid;
            this.call = call;
            if (!settings.pinTimeout().isZero()) {
                plan(settings.pinTimeout());
            }
        }

        void progress() {
            lastNanos.set(executors.nanoTime());
        }

        private void plan(Duration delay) {
            timer = timers.schedule(delay, this::look);
        }

        private void look() {
            if (closed) {
                return;
            }
            Duration idle = Duration.ofNanos(executors.nanoTime() - lastNanos.get());
            if (idle.compareTo(settings.pinTimeout()) < 0) {
                plan(settings.pinTimeout().minus(idle));
                return;
            }
            call.abort(new ClusterException(
                    ErrorCode.TIMEOUT,
                    "pinning " + cid + ": the IPFS node made no progress for "
                            + settings.pinTimeout().toSeconds() + " s (pin_timeout)"));
        }

        @Override
        public void close() {
            closed = true;
            Cancellable planned = timer;
            if (planned != null) {
                planned.cancel();
            }
        }
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
            return statusOf(Json.text(rpc.one(command, settings.requestTimeout()), "Type"));
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
                    // the whole listing may take as long as it is read: the node is watched by its socket only
                    open = rpc.call(
                            KuboRpc.command("pin/ls", "stream", "true", "type", types.get(next++)), Duration.ZERO);
                    call = open;
                }
                Map<String, Object> row = open.next();
                if (row == null) {
                    close();
                    continue;
                }
                try {
                    return new IpfsPin(Cid.parse(Json.text(row, "Cid")), statusOf(Json.text(row, "Type")));
                } catch (IllegalArgumentException e) {
                    LOG.warn("the IPFS node lists a pin that cannot be understood: {}", row);
                }
            }
        }

        @Override
        public void close() {
            KuboRpc.Call open = call;
            call = null;
            if (open != null) {
                open.close();
            }
        }
    }
}
