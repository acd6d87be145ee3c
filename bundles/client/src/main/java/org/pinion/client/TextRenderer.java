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

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Metric;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.RepoGc;

/** The text layouts of ctl, character by character those of the reference. Results end in a line break. */
public final class TextRenderer {
    private static final String[] BYTE_UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final int PEERNAME_COLUMNS = 20;
    private static final int GC_NAME_COLUMNS = 15;
    private static final int PROTOCOL_COLUMNS = 25;
    private static final int BYTES_COLUMNS = 7;

    private final Offsets offsets;

    /** A renderer that writes times with these offsets. */
    public TextRenderer(Offsets offsets) {
        this.offsets = offsets;
    }

    /** An error in three lines. */
    public static String error(int code, String message) {
        return "An error occurred:\n  Code: " + code + "\n  Message: " + message + "\n";
    }

    /** A peer's identity. */
    public String peer(PeerInfo peer) {
        IpfsId ipfs = peer.ipfs();
        if (!peer.error().isEmpty()) {
            return peer.id() + " | ERROR: " + peer.error() + "\n";
        }
        int others = peer.clusterPeers().size() - 1;
        StringBuilder out = new StringBuilder();
        out.append(peer.id()).append(" | ").append(peer.peername());
        out.append(" | Sees ").append(others).append(" other peers\n  > Addresses:\n");
        addresses(out, peer.addresses());
        if (ipfs == null || !ipfs.error().isEmpty()) {
            return out.append("  > IPFS ERROR: ")
                    .append(ipfs == null ? "" : ipfs.error())
                    .append('\n')
                    .toString();
        }
        out.append("  > IPFS: ").append(ipfs.id() == null ? "" : ipfs.id()).append('\n');
        addresses(out, ipfs.addresses());
        return out.toString();
    }

    private static void addresses(StringBuilder out, List<Multiaddr> addresses) {
        addresses.stream()
                .map(Multiaddr::toString)
                .sorted()
                .forEach(text -> out.append("    - ").append(text).append('\n'));
    }

    /** Status of a pin: a head and a line per peer. */
    public String status(GlobalPinInfo info) {
        StringBuilder out = new StringBuilder();
        out.append(info.cid());
        if (!info.name().isEmpty()) {
            out.append(" | ").append(info.name());
        }
        out.append(":\n");
        info.peers().entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
                .forEach(entry -> peerStatus(out, entry));
        return out.toString();
    }

    private void peerStatus(StringBuilder out, Map.Entry<PeerId, PeerPinStatus> entry) {
        PeerPinStatus status = entry.getValue();
        String name = status.peername().isEmpty() ? entry.getKey().toString() : status.peername();
        out.append("    > ").append(padded(name, PEERNAME_COLUMNS)).append(" : ");
        out.append(status.status().text().toUpperCase(Locale.ROOT));
        if (!status.error().isEmpty()) {
            out.append(": ").append(status.error());
        }
        out.append(" | ").append(rfc3339(status.timestamp()));
        out.append(" | Attempts: ").append(status.attemptCount());
        out.append(" | Priority: ").append(status.priorityPin()).append('\n');
    }

    private String rfc3339(@Nullable Instant when) {
        return when == null ? "0001-01-01T00:00:00Z" : GoTime.format(when, offsets.of(when));
    }

    /** A pin: ten fields in one line. */
    public String pin(Pin pin) {
        boolean everywhere = pin.isEverywhere();
        String peers =
                pin.allocations().stream().map(PeerId::toString).sorted().collect(Collectors.joining(" ", "[", "]"));
        Instant expiry = pin.options().expireAt();
        Instant added = pin.timestamp();
        return String.join(
                        " | ",
                        pin.cid().toString(),
                        pin.options().name(),
                        pin.type().text().toUpperCase(Locale.ROOT)
                                + (pin.options().mode() == PinMode.DIRECT ? "-DIRECT" : ""),
                        "Repl. Factor: "
                                + (everywhere
                                        ? "-1"
                                        : pin.options().replicationMin() + "--"
                                                + pin.options().replicationMax()),
                        "Allocations: " + (everywhere ? "[everywhere]" : peers),
                        depth(pin.maxDepth()),
                        "Metadata: " + (pin.options().metadata().isEmpty() ? "no" : "yes"),
                        "Exp: " + (expiry == null ? "∞" : GoTime.plain(expiry, offsets.of(expiry))),
                        "Added: " + (added == null ? "unknown" : GoTime.plain(added, offsets.of(added))))
                + "\n";
    }

    private static String depth(int depth) {
        return switch (depth) {
            case 0 -> "Direct";
            case -1 -> "Recursive";
            default -> "Recursive-" + depth;
        };
    }

    /** A metric in one line. */
    public static String metric(Metric metric, Instant now) {
        String value =
                metric.name().equals("freespace") && metric.weight() > 0 ? bytes(metric.weight()) : metric.value();
        return metric.peer() + " | " + metric.name() + ": " + value + " | Expires in: "
                + GoTime.relative(ofNanos(metric.expireUnixNanos()), now) + "\n";
    }

    /** An alert in one line. */
    public static String alert(Alert alert, Instant now) {
        Metric metric = alert.metric();
        return metric.peer() + ": " + metric.name() + ". Expired at: "
                + GoTime.relative(ofNanos(metric.expireUnixNanos()), now) + ". Triggered at: "
                + GoTime.relative(alert.triggeredAt(), now) + "\n";
    }

    /** Results of a garbage collection, peers by id. */
    public static String collected(List<RepoGc> results) {
        StringBuilder out = new StringBuilder();
        results.stream()
                .sorted(Comparator.comparing(result -> result.peer().toString()))
                .forEach(result -> collected(out, result));
        return out.toString();
    }

    private static void collected(StringBuilder out, RepoGc result) {
        String name = result.peername().isEmpty() ? result.peer().toString() : result.peername();
        out.append(padded(name, GC_NAME_COLUMNS));
        if (!result.error().isEmpty()) {
            out.append(" | ERROR: ").append(result.error());
        }
        out.append("\n  > CIDs:\n");
        for (RepoGc.Removed removed : result.keys()) {
            out.append("    - ")
                    .append(removed.error().isEmpty() ? String.valueOf(removed.cid()) : "ERROR: " + removed.error())
                    .append('\n');
        }
    }

    /** Traffic by protocol, a line for each. */
    public static String bandwidth(SortedMap<String, Bandwidth> all) {
        StringBuilder out = new StringBuilder();
        all.forEach((protocol, of) -> {
            out.append(" ".repeat(Math.max(0, PROTOCOL_COLUMNS - protocol.length())))
                    .append(protocol);
            out.append(": In: ").append(aligned(bytes(of.totalIn())));
            out.append(". Out: ").append(aligned(bytes(of.totalOut())));
            out.append(String.format(Locale.ROOT, ". RateIn: %.2fB/s. RateOut: %.2fB/s\n", of.rateIn(), of.rateOut()));
        });
        return out.toString();
    }

    private static String aligned(String text) {
        return " ".repeat(Math.max(0, BYTES_COLUMNS - text.length())) + text;
    }

    /** Whether a peer is ready, and a line for everything that it lacks. */
    public static String readiness(Readiness readiness) {
        StringBuilder out = new StringBuilder(readiness.ready() ? "ready\n" : "not ready\n");
        readiness.missing().forEach(what -> out.append("  > ").append(what).append('\n'));
        return out.toString();
    }

    /** Texts, one per line. */
    public static String lines(Collection<String> texts) {
        StringBuilder out = new StringBuilder();
        texts.forEach(text -> out.append(text).append('\n'));
        return out.toString();
    }

    /** Bytes in decimal units: {@code 7 B}, {@code 9.8 GB}, {@code 83 MB}. */
    public static String bytes(long count) {
        if (count < 10) {
            return count + " B";
        }
        int unit = 0;
        double value = count;
        while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        double rounded = Math.floor(value * 10 + 0.5) / 10;
        String text = rounded < 10 ? String.format(Locale.ROOT, "%.1f", rounded) : Long.toString(Math.round(rounded));
        return text + " " + BYTE_UNITS[unit];
    }

    static Instant ofNanos(long unixNanos) {
        return Instant.ofEpochSecond(
                Math.floorDiv(unixNanos, 1_000_000_000L), Math.floorMod(unixNanos, 1_000_000_000L));
    }

    private static String padded(String text, int columns) {
        int missing = columns - text.codePointCount(0, text.length());
        return missing <= 0 ? text : text + " ".repeat(missing);
    }
}
