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
package org.pinion.api.kuborpc;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pinion.spi.config.GoDuration;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.MultipartReader;

/** One request: arguments and options under the names that Kubo gives them. For one thread. */
final class Call {
    private static final Map<String, String> SHORT = Map.ofEntries(
            Map.entry("recursive", "r"),
            Map.entry("type", "t"),
            Map.entry("quiet", "q"),
            Map.entry("stream", "s"),
            Map.entry("name", "n"),
            Map.entry("progress", "p"),
            Map.entry("offset", "o"),
            Map.entry("length", "l"),
            Map.entry("archive", "a"),
            Map.entry("compress", "C"),
            Map.entry("compression-level", "l"),
            Map.entry("headers", "v"),
            Map.entry("verbose", "v"),
            Map.entry("edges", "e"),
            Map.entry("unique", "u"),
            Map.entry("size-only", "s"),
            Map.entry("only-hash", "n"),
            Map.entry("wrap-with-directory", "w"),
            Map.entry("chunker", "s"),
            Map.entry("trickle", "t"),
            Map.entry("long", "l"),
            Map.entry("count", "n"),
            Map.entry("force", "f"),
            Map.entry("format", "f"));

    private final Exchange exchange;
    private final Deadline deadline;

    Call(Exchange exchange, Executors executors) {
        this.exchange = exchange;
        this.deadline = Deadline.of(option("timeout", ""), executors);
    }

    Exchange exchange() {
        return exchange;
    }

    Deadline deadline() {
        return deadline;
    }

    /** What is asked for; never empty. */
    List<String> args(String name) {
        List<String> args = exchange.request().query().getOrDefault("arg", List.of());
        if (args.isEmpty()) {
            throw new UsageException("argument \"" + name + "\" is required");
        }
        return args;
    }

    /** The only argument. */
    String arg(String name) {
        List<String> args = args(name);
        if (args.size() > 1) {
            throw new UsageException("expected 1 argument(s), got " + args.size());
        }
        return args.get(0);
    }

    /** All arguments, possibly none. */
    List<String> anyArgs() {
        return exchange.request().query().getOrDefault("arg", List.of());
    }

    boolean has(String name) {
        Map<String, List<String>> query = exchange.request().query();
        return query.containsKey(name) || (SHORT.containsKey(name) && query.containsKey(SHORT.get(name)));
    }

    String option(String name, String otherwise) {
        Map<String, List<String>> query = exchange.request().query();
        List<String> values = query.get(name);
        if (values == null && SHORT.containsKey(name)) {
            values = query.get(SHORT.get(name));
        }
        return values == null || values.isEmpty() ? otherwise : values.get(0);
    }

    boolean flag(String name, boolean otherwise) {
        String text = option(name, "");
        return switch (text) {
            case "" -> has(name) || otherwise;
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw unconvertible(text, "bool", name);
        };
    }

    long number(String name, long otherwise) {
        String text = option(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw unconvertible(text, "int64", name);
        }
    }

    int integer(String name, int otherwise) {
        long number = number(name, otherwise);
        if (number != (int) number) {
            throw unconvertible(Long.toString(number), "int", name);
        }
        return (int) number;
    }

    private static UsageException unconvertible(String text, String type, String name) {
        return new UsageException(
                "could not convert value \"" + text + "\" to type \"" + type + "\" (for option \"-" + name + "\")");
    }

    /** The parts of the body, which have to be there. */
    MultipartReader parts(String argument) throws IOException {
        String type = exchange.request().header("content-type").orElse("");
        if (!type.toLowerCase(Locale.ROOT).startsWith("multipart/")) {
            throw new UsageException("file argument '" + argument + "' is required");
        }
        return new MultipartReader(exchange.body(), type);
    }

    /** Contents of all files of the body one after the other. */
    List<byte[]> smallFiles(String argument, int maxBytes) throws IOException {
        MultipartReader parts = parts(argument);
        List<byte[]> files = new ArrayList<>();
        while (parts.next()) {
            files.add(content(parts.content(), maxBytes));
        }
        return files;
    }

    /** One file, as long as it is not too large. */
    static byte[] content(InputStream in, int maxBytes) throws IOException {
        byte[] bytes = in.readNBytes(maxBytes + 1);
        if (bytes.length > maxBytes) {
            throw new KuboException("produced block is over " + maxBytes + " bytes: big blocks can't be exchanged with"
                    + " other peers");
        }
        return bytes;
    }

    /** Until when the client waits. */
    static final class Deadline {
        private static final Duration LONGEST = Duration.ofDays(365);

        private final Executors executors;
        private final long endNanos;
        private final boolean given;

        private Deadline(Executors executors, long endNanos, boolean given) {
            this.executors = executors;
            this.endNanos = endNanos;
            this.given = given;
        }

        static Deadline of(String text, Executors executors) {
            Duration time = LONGEST;
            if (!text.isEmpty()) {
                try {
                    time = GoDuration.parse(text);
                } catch (IllegalArgumentException e) {
                    throw new UsageException("timeout: " + e.getMessage());
                }
            }
            long nanos = time.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : time.toNanos();
            return new Deadline(executors, executors.nanoTime() + nanos, !text.isEmpty());
        }

        static Deadline in(Duration time, Executors executors) {
            return new Deadline(executors, executors.nanoTime() + time.toNanos(), true);
        }

        /** Nanoseconds that are left; fails when there are none. */
        long left() {
            long left = endNanos - executors.nanoTime();
            if (given && left <= 0) {
                throw KuboException.tooLate();
            }
            return left;
        }

        long now() {
            return executors.nanoTime();
        }
    }
}
