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

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.PinParameters;

/**
 * What happened lately, and its readers. The last events are kept in memory, so a reader that comes back goes on where it
 * was; one that falls behind all of them is cut. Publishing is for any thread and returns at once; everything else is
 * done by one lane, without a thread per reader.
 *
 * @spec HTML "Server-sent events"
 */
final class Events implements AutoCloseable {
    static final Set<String> TYPES =
            Set.of("pin_added", "pin_removed", "status_changed", "peer_up", "peer_down", "alert");

    private static final int MAX_READERS = 128;
    private static final int MAX_QUEUED = 16 * MAX_READERS;
    private static final int CHUNK_BYTES = 32 << 10;
    /** Shows readers and what is between them and us that the stream is alive. */
    private static final Duration BEAT = Duration.ofSeconds(15);

    private record Event(String type, Instant at, Consumer<JsonBuffer> fields) {}

    private final Lane lane;
    private final InstantSource clock;
    private final String epoch;
    private final Event[] ring;
    private long next;
    private final Set<Reader> readers = new HashSet<>();
    private final AtomicBoolean planned = new AtomicBoolean();
    private volatile boolean anyReader;
    private boolean beating;

    /** Keeps {@code kept} events. */
    Events(Executors executors, int kept) {
        this.lane = executors.lane("api.restapi.events", MAX_QUEUED);
        this.clock = executors.clock();
        this.epoch = Long.toString(clock.millis(), Character.MAX_RADIX);
        this.ring = new Event[kept];
    }

    /** Something happened; {@code fields} writes its fields later, perhaps several times. */
    void publish(String type, Consumer<JsonBuffer> fields) {
        Event event = new Event(type, clock.instant(), fields);
        synchronized (ring) {
            ring[(int) (next++ % ring.length)] = event;
        }
        if (anyReader && planned.compareAndSet(false, true)) {
            execute(() -> {
                planned.set(false);
                List.copyOf(readers).forEach(this::pump);
            });
        }
    }

    /** Answers a request with events until the reader goes. */
    CompletionStage<Void> read(Exchange exchange) {
        Set<String> types = types(exchange.request().parameter("types"));
        String id = exchange.request()
                .header("last-event-id")
                .orElseGet(() -> exchange.request().parameter("after"));
        Reader reader = new Reader(exchange, types);
        JsonBuffer head = new JsonBuffer(256);
        long oldest = oldest();
        long position = position(id);
        if (id.isEmpty()) {
            reader.position = end();
        } else if (position < oldest) {
            reader.position = oldest;
            block(head, "reset", "events before this one are lost: read the state again");
        } else {
            reader.position = position;
        }
        head.raw("retry: 2000\nid: ")
                .raw(epoch)
                .raw('-')
                .number(reader.position)
                .raw("\n\n");
        exchange.header("Content-Type", "text/event-stream").header("Cache-Control", "no-cache");
        exchange.onStop(() -> execute(() -> end(reader)));
        // the server calls only after this method: nothing else writes yet
        reader.writing = true;
        if (!execute(() -> begin(reader, head))) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "events are stopping");
        }
        return reader.ended;
    }

    private static Set<String> types(String list) {
        if (list.isEmpty()) {
            return TYPES;
        }
        Set<String> types = Set.copyOf(new HashSet<>(List.of(list.split(",", -1))));
        for (String type : types) {
            if (!TYPES.contains(type)) {
                throw PinParameters.bad("invalid types value: \"" + type + "\"; known are "
                        + String.join(", ", TYPES.stream().sorted().toList()));
            }
        }
        return types;
    }

    /** Number of the first event behind an id; -1 if that id is from before a restart. */
    private long position(String id) {
        int dash = id.lastIndexOf('-');
        try {
            long number = id.isEmpty() ? 0 : Long.parseLong(id.substring(dash + 1));
            boolean ours = dash > 0 && id.substring(0, dash).equals(epoch);
            if (number < 0 || (!id.isEmpty() && dash < 1)) {
                throw new NumberFormatException();
            }
            return ours && number <= end() ? number : -1;
        } catch (NumberFormatException e) {
            throw PinParameters.bad("event id invalid: \"" + id + "\"");
        }
    }

    private long oldest() {
        synchronized (ring) {
            return Math.max(0, next - ring.length);
        }
    }

    private long end() {
        synchronized (ring) {
            return next;
        }
    }

    private static void block(JsonBuffer out, String type, String reason) {
        out.raw("event: ").raw(type).raw("\ndata: {\"reason\":").string(reason).raw("}\n\n");
    }

    private void begin(Reader reader, JsonBuffer head) {
        if (readers.size() >= MAX_READERS) {
            reader.ended.completeExceptionally(new ClusterException(
                    ErrorCode.UNAVAILABLE, "events have " + MAX_READERS + " readers already; close one"));
            return;
        }
        readers.add(reader);
        anyReader = true;
        send(reader, head);
        if (!beating) {
            beating = true;
            lane.schedule(BEAT, this::beat);
        }
    }

    private void beat() {
        beating = !readers.isEmpty();
        for (Reader reader : List.copyOf(readers)) {
            if (!reader.writing) {
                send(reader, new JsonBuffer(8).raw(":\n\n"));
            }
        }
        if (beating) {
            lane.schedule(BEAT, this::beat);
        }
    }

    /** Sends what a reader has not seen, unless a write is under way: its end calls again. */
    private void pump(Reader reader) {
        if (reader.writing || reader.ended.isDone()) {
            return;
        }
        JsonBuffer out = new JsonBuffer(512);
        if (reader.position < oldest()) {
            block(
                    out,
                    "cut",
                    "this reader is " + (end() - reader.position) + " events behind, " + ring.length
                            + " are kept: read the state again");
            reader.last = true;
        }
        while (!reader.last && out.size() < CHUNK_BYTES) {
            Event event = get(reader.position);
            if (event == null) {
                break;
            }
            reader.position++;
            if (reader.types.contains(event.type)) {
                out.raw("id: ").raw(epoch).raw('-').number(reader.position);
                out.raw("\nevent: ").raw(event.type).raw("\ndata: {\"at\":").time(event.at);
                event.fields.accept(out.raw(','));
                out.raw("}\n\n");
            }
        }
        if (out.size() > 0) {
            send(reader, out);
        }
    }

    private @Nullable Event get(long number) {
        synchronized (ring) {
            return number >= next || number < next - ring.length ? null : ring[(int) (number % ring.length)];
        }
    }

    private void send(Reader reader, JsonBuffer text) {
        reader.writing = true;
        CompletionStage<Void> written;
        try {
            written = reader.exchange.write(text.view());
        } catch (RuntimeException e) {
            end(reader);
            return;
        }
        written.whenComplete((done, failure) -> execute(() -> {
            reader.writing = false;
            if (failure != null || reader.last) {
                end(reader);
            } else {
                pump(reader);
            }
        }));
    }

    private void end(Reader reader) {
        readers.remove(reader);
        anyReader = !readers.isEmpty();
        reader.ended.complete(null);
    }

    private boolean execute(Runnable task) {
        try {
            lane.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    /** Ends all readers. */
    @Override
    public void close() {
        execute(() -> new ArrayList<>(readers).forEach(this::end));
        lane.close();
    }

    /** One reader; its fields belong to the lane. */
    private static final class Reader {
        private final Exchange exchange;
        private final Set<String> types;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private long position;
        private boolean writing;
        private boolean last;

        Reader(Exchange exchange, Set<String> types) {
            this.exchange = exchange;
            this.types = types;
        }
    }
}
