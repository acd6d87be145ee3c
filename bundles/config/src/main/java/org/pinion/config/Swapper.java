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
package org.pinion.config;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/**
 * Puts one implementation in the place of another. The new one comes first, so that no moment is without; only a monitor has
 * to go before its successor, to which it leaves its metrics. One that does not come up goes again, and the old one stays.
 */
final class Swapper {
    private static final Duration COMES = Duration.ofSeconds(10);
    private static final Duration GOES = Duration.ofSeconds(30);
    private static final Set<String> SINGLE = Set.of("pin_tracker", "monitor", "allocator", "ipfs_connector");
    /** Types of which two cannot be there at once. */
    private static final Set<String> ONE_BY_ONE = Set.of("monitor");

    private static final Map<String, String> INSTEAD = Map.of(
            "consensus",
            "consensus cannot be swapped in a running peer: save the pins with 'ipfs-cluster-service state export', make"
                    + " the folder again with 'init --consensus <other>', bring them in with 'state import'; a bundle of"
                    + " the same one is updated with bundle:update",
            "datastore",
            "the datastore cannot be swapped in a running peer: stop it, save the pins with 'ipfs-cluster-service state"
                    + " export', make the folder again with 'init --datastore <other>', bring them in with 'state"
                    + " import'; a bundle of the same one is updated with bundle:update");

    private final Publisher publisher;
    private final Presence presence;
    private final Events events;

    /**
     * What somebody wants.
     *
     * @param type key of service.json
     * @param name the component's key below it
     * @param pid the component's PID
     * @param from what runs
     */
    record Wish(String type, String name, String pid, ActiveSection from) {}

    Swapper(Publisher publisher, Presence presence, Events events) {
        this.publisher = publisher;
        this.presence = presence;
        this.events = events;
    }

    boolean isProvided(String pid) {
        return presence.pids().contains(pid);
    }

    /** Checks that the wish can be granted. */
    Wish wish(String wantedType, String implementation, Candidate running) {
        String type = type(wantedType);
        String name = type.equals("pin_tracker") && implementation.equals("map") ? "maptracker" : implementation;
        String pid = Schema.pid(type, name);
        String start = "org.pinion." + type.replace("_", "") + ".";
        if (!isProvided(pid)) {
            List<String> there = presence.pids().stream()
                    .filter(other -> other.startsWith(start))
                    .map(other -> other.substring(start.length()))
                    .toList();
            throw bad("no bundle provides " + wantedType + " " + implementation + "; installed: "
                    + (there.isEmpty() ? "none" : String.join(", ", there)));
        }
        ActiveSection from = running.selection().active().values().stream()
                .filter(section -> section.type().equals(type))
                .findFirst()
                .orElseThrow(() -> bad("no " + wantedType + " runs"));
        if (from.pid().equals(pid)) {
            throw bad(wantedType + ": " + implementation + " runs already");
        }
        return new Wish(type, name, pid, from);
    }

    private static String type(String wanted) {
        String plain = wanted.replace("_", "");
        for (String type : SINGLE) {
            if (type.replace("_", "").equals(plain)) {
                return type;
            }
        }
        String instead = INSTEAD.get(plain);
        if (instead != null) {
            throw bad(instead);
        }
        if (Schema.MANY.contains(plain)) {
            throw bad("several of type " + plain
                    + " run at once: a section of service.json and cluster:config-reload bring one or take it away");
        }
        throw bad("no type " + wanted + "; those that can be swapped: "
                + SINGLE.stream().sorted().map(type -> type.replace("_", "")).collect(Collectors.joining(", ")));
    }

    /** Does it; what was done, one line. */
    String swap(Wish wish, ActiveSection to) {
        String line = to.label() + " runs in the place of " + wish.from.label();
        try {
            if (ONE_BY_ONE.contains(wish.type)) {
                oneByOne(wish, to);
            } else {
                together(wish, to);
            }
        } catch (IOException e) {
            throw new ClusterException(ErrorCode.INTERNAL, "configurations cannot be changed: " + e.getMessage(), e);
        }
        events.changed(line);
        return line;
    }

    private void together(Wish wish, ActiveSection to) throws IOException {
        publisher.put(to);
        Presence.Held held;
        try {
            held = presence.come(to, COMES);
        } catch (ClusterException e) {
            publisher.remove(to.pid());
            throw stays(wish, e);
        }
        try (held) {
            publisher.remove(wish.from.pid());
            awaitGone(wish.from);
        }
    }

    private void oneByOne(Wish wish, ActiveSection to) throws IOException {
        publisher.remove(wish.from.pid());
        awaitGone(wish.from);
        publisher.put(to);
        try {
            presence.come(to, COMES).close();
        } catch (ClusterException e) {
            publisher.remove(to.pid());
            publisher.put(wish.from);
            throw stays(wish, e);
        }
    }

    private void awaitGone(ActiveSection from) {
        if (!presence.gone(from, GOES)) {
            events.stillThere(from.label(), GOES.toSeconds());
        }
    }

    private static ClusterException stays(Wish wish, ClusterException reason) {
        return new ClusterException(
                ErrorCode.UNAVAILABLE, wish.from.label() + " stays in its place: " + reason.getMessage(), reason);
    }

    private static ClusterException bad(String text) {
        return new ClusterException(ErrorCode.BAD_REQUEST, text);
    }
}
