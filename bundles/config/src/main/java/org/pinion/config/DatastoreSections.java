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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinion.config.Key.Applies;
import org.pinion.spi.config.GoDuration;

/**
 * The {@code datastore} sections. Those of the reference are made from the values of a new file: they are checked and kept,
 * and choose the default engine.
 */
final class DatastoreSections {
    /** The engine that stands for the reference's stores. */
    static final String DEFAULT_ENGINE = "rocksdb";
    /** Stores of the reference, whose own data is never touched. */
    static final Set<String> REFERENCE = Set.of("badger", "badger3", "leveldb", "pebble");
    /** Our engines. */
    static final Set<String> OURS = Set.of("rocksdb", "mvstore");

    private static final Section MVSTORE = Section.of(
                    "datastore", "mvstore", Key.text("folder", "").unlessDefault())
            .onlyWhenPresent()
            .applies(Applies.RESTART);

    private static final Section ROCKSDB = Section.of(
                    "datastore",
                    "rocksdb",
                    Key.text("folder", "").unlessDefault(),
                    bytes("cache_bytes", 32L << 20),
                    bytes("write_buffer_bytes", 48L << 20),
                    Key.integer("max_open_files", 256)
                            .zeroIsDefaultToo()
                            .unlessDefault()
                            .must(
                                    value -> (Long) value >= 16 && (Long) value <= 1_000_000,
                                    "from 16 to 1000000",
                                    "rocksdb.max_open_files is invalid"))
            .onlyWhenPresent()
            .applies(Applies.AGAIN)
            .applies(Applies.RESTART, "folder");

    static final List<Section> ALL = all();

    private DatastoreSections() {}

    /** The implementation that serves a section. */
    static String engine(String name) {
        return REFERENCE.contains(name) ? DEFAULT_ENGINE : name;
    }

    private static List<Section> all() {
        Map<String, @Nullable Object> templates = templates();
        Stream<Section> reference = REFERENCE.stream().sorted().map(name -> section(name, templates.get(name)));
        return Stream.concat(reference, Stream.of(MVSTORE, ROCKSDB)).toList();
    }

    private static Key bytes(String path, long fallback) {
        return Key.integer(path, fallback)
                .zeroIsDefaultToo()
                .unlessDefault()
                .must(
                        value -> (Long) value >= 1L << 20 && (Long) value <= 1L << 40,
                        "from " + (1L << 20) + " to " + (1L << 40),
                        "rocksdb." + path + " is invalid");
    }

    private static Map<String, @Nullable Object> templates() {
        try (InputStream in = DatastoreSections.class.getResourceAsStream("datastores.json")) {
            return Json.parseObject(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Section section(String name, @Nullable Object template) {
        List<Key> keys = new ArrayList<>();
        keys.add(Key.text("folder", name).zeroIsDefaultToo().unlessDefault());
        collect("", (Map<?, ?>) Objects.requireNonNull(template), keys);
        return new Section("datastore", name, List.copyOf(keys), true, Section.Cross.NONE)
                .applies(Applies.NEVER)
                .applies(Applies.RESTART, "folder");
    }

    private static void collect(String prefix, Map<?, ?> template, List<Key> keys) {
        template.forEach((name, value) -> {
            String path = prefix + name;
            if (value instanceof Map<?, ?> inner) {
                collect(path + ".", inner, keys);
            } else {
                keys.add(rules(Key.of(path, kind(path, value), fallback(path, value))));
            }
        });
    }

    private static Kind kind(String path, @Nullable Object value) {
        if (isDuration(path)) {
            return Kind.DURATION;
        }
        if (value instanceof Boolean) {
            return Kind.BOOL;
        }
        if (value instanceof BigDecimal || isFloat(path)) {
            return Kind.FLOAT;
        }
        if (value instanceof Long) {
            return Kind.INT;
        }
        if (value instanceof List) {
            return Kind.OBJECT_LIST;
        }
        return value == null ? Kind.NUMBER_LIST : Kind.TEXT;
    }

    private static @Nullable Object fallback(String path, @Nullable Object value) {
        if (isDuration(path)) {
            return GoDuration.parse((String) Objects.requireNonNull(value));
        }
        return value instanceof Long && isFloat(path) ? new BigDecimal(value.toString()) : value;
    }

    /** Numbers with a fraction whose default has none. */
    private static boolean isFloat(String path) {
        return path.startsWith("leveldb") && path.endsWith("_multiplier") || path.endsWith("v_log_percentile");
    }

    private static boolean isDuration(String path) {
        return path.equals("gc_interval") || path.equals("gc_sleep");
    }

    private static Key rules(Key key) {
        if (key.path().endsWith("loading_mode")) {
            return key;
        }
        Key merged = key.zeroIsDefaultToo();
        return switch (key.path()) {
            case "gc_discard_ratio" ->
                merged.must(
                        value ->
                                ((BigDecimal) value).signum() > 0 && ((BigDecimal) value).compareTo(BigDecimal.ONE) < 0,
                        "more than 0 and less than 1",
                        "gc_discard_ratio must be more than 0 and less than 1");
            case "gc_interval" -> merged.positive("gc_interval is invalid");
            case "gc_sleep" -> merged.positive("gc_sleep is invalid");
            case "pebble_options.format_major_version" ->
                merged.must(
                        value -> (Long) value >= 13 && (Long) value <= 24,
                        "from 13 to 24",
                        "FormatMajorVersion (%v) must be between 13 and 24");
            default -> merged;
        };
    }
}
