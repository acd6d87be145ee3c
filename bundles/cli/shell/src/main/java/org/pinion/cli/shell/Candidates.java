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
package org.pinion.cli.shell;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.cluster.Components;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.config.LiveConfig;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.PinIndexes;
import org.pinion.spi.state.PinQuery;

/** What a word could become. Every answer and the work for it are bounded; a service that is away has none. */
final class Candidates {
    /** Most candidates. */
    static final int MAX = 100;

    /** Most rows of the pin set that are looked at for one answer. */
    private static final int MAX_ROWS = 20_000;
    /** Length of a CID of version 1 in base 32 with a hash of 32 bytes, for codecs of one byte. */
    private static final int CID_V1_CHARS = 59;

    private static final int CID_V0_CHARS = 46;
    /** The first CID of version 0: a hash of zeros. */
    private static final String FIRST_V0 = "QmNLei78zWmzUdbeRB3CiUfAizWUrbeeZh5K1rhAQKCh51";

    private final Services services;

    Candidates(Services services) {
        this.services = services;
    }

    /**
     * Words that begin with a prefix.
     *
     * @param before the word before, of which it may depend
     */
    List<String> of(Source source, String prefix, String before) {
        return switch (source) {
            case NONE -> List.of();
            case CID -> cids(prefix);
            case PIN_NAME -> names(prefix);
            case PEER -> listed(PeerNames.of(services).keySet(), prefix);
            case METRIC -> metrics(prefix);
            case TYPE -> components(prefix, "");
            case IMPLEMENTATION -> components(prefix, before);
            case CONFIG_KEY -> keys(prefix);
            case CONFIG_SECTION -> sections(prefix);
            case STATUS -> listed(statuses(), prefix);
            case PIN_TYPE -> listed(List.of("all", "clusterdag-pin", "meta-pin", "pin", "shard-pin"), prefix);
            case ENCODING -> begin(Stream.of("json", "table", "text"), prefix);
            case MODE -> begin(Stream.of("direct", "recursive"), prefix);
            case EVENT -> listed(EventsCommand.KINDS, prefix);
            case FILE -> files(prefix);
        };
    }

    private static List<String> begin(Stream<String> words, String prefix) {
        return words.filter(word -> word.startsWith(prefix)).limit(MAX).toList();
    }

    /** For lists with commas the last item is completed. */
    private static List<String> listed(Collection<String> words, String prefix) {
        int comma = prefix.lastIndexOf(',') + 1;
        String head = prefix.substring(0, comma);
        return begin(words.stream().map(word -> head + word), prefix);
    }

    private static Set<String> statuses() {
        Set<String> names = new TreeSet<>(List.of("error", "queued"));
        Arrays.stream(TrackerStatus.values())
                .filter(status -> status.bit() != 0)
                .forEach(status -> names.add(status.text()));
        return names;
    }

    private List<String> metrics(String prefix) {
        Health health = services.find(Health.class);
        return health == null ? List.of() : begin(health.metricNames().stream(), prefix);
    }

    private List<String> components(String prefix, String type) {
        Components components = services.find(Components.class);
        if (components == null) {
            return List.of();
        }
        return begin(
                components.list().stream()
                        .filter(row -> type.isEmpty() || row.type().equals(type))
                        .map(row -> type.isEmpty() ? row.type() : row.implementation())
                        .distinct(),
                prefix);
    }

    private List<String> keys(String prefix) {
        LiveConfig config = services.find(LiveConfig.class);
        return config == null ? List.of() : begin(config.keys().stream(), prefix);
    }

    private List<String> sections(String prefix) {
        LiveConfig config = services.find(LiveConfig.class);
        if (config == null) {
            return List.of();
        }
        return begin(
                config.keys().stream()
                        .filter(key -> key.indexOf('.') > 0)
                        .map(key -> key.substring(0, key.lastIndexOf('.')))
                        .distinct(),
                prefix);
    }

    /** Names of pins, from the index; those with blanks would have to be quoted and are left out. */
    private List<String> names(String prefix) {
        PinIndexes indexes = services.find(PinIndexes.class);
        Set<String> found = new LinkedHashSet<>();
        if (indexes == null) {
            return List.of();
        }
        try (Cursor<Pin> pins = indexes.find(PinQuery.ALL.withNamePrefix(prefix), null)) {
            int rows = 0;
            for (Pin pin = pins.next(); pin != null && found.size() < MAX && rows < MAX_ROWS; pin = pins.next()) {
                rows++;
                String name = pin.options().name();
                if (!name.isEmpty() && name.chars().noneMatch(Character::isWhitespace)) {
                    found.add(name);
                }
            }
        }
        return List.copyOf(found);
    }

    /** CIDs in the order of the pin set, from the first that can begin so. */
    private List<String> cids(String prefix) {
        Pinset pinset = services.find(Pinset.class);
        Set<String> found = new LinkedHashSet<>();
        if (pinset == null) {
            return List.of();
        }
        try (Cursor<Pin> pins = pinset.list(first(prefix))) {
            int rows = 0;
            for (Pin pin = pins.next(); pin != null && found.size() < MAX && rows < MAX_ROWS; pin = pins.next()) {
                rows++;
                String cid = pin.cid().toString();
                if (cid.startsWith(prefix)) {
                    found.add(cid);
                } else if (!found.isEmpty()) {
                    break;
                }
            }
        }
        return List.copyOf(found);
    }

    /** A CID before all that begin so, as near as can be said; null = the start of the pin set. */
    private static @Nullable Cid first(String prefix) {
        if (prefix.startsWith("Qm")) {
            Cid near = parsed(prefix + "1".repeat(Math.max(0, CID_V0_CHARS - prefix.length())));
            return near == null ? Cid.parse(FIRST_V0) : near;
        }
        return prefix.length() < 4 ? null : parsed(prefix + "a".repeat(Math.max(0, CID_V1_CHARS - prefix.length())));
    }

    private static @Nullable Cid parsed(String text) {
        try {
            return Cid.parse(text);
        } catch (IllegalArgumentException none) {
            return null;
        }
    }

    private static List<String> files(String prefix) {
        int slash = prefix.lastIndexOf('/') + 1;
        Path folder = Path.of(slash == 0 ? "." : prefix.substring(0, slash));
        Set<String> found = new TreeSet<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                String name = String.valueOf(child.getFileName());
                if (name.startsWith(prefix.substring(slash)) && (!name.startsWith(".") || prefix.length() > slash)) {
                    found.add(prefix.substring(0, slash) + name + (Files.isDirectory(child) ? "/" : ""));
                }
                if (found.size() >= MAX) {
                    break;
                }
            }
        } catch (java.io.IOException unreadable) {
            return List.of();
        }
        return List.copyOf(found);
    }
}
