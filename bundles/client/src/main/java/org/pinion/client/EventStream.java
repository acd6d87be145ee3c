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

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.Pin;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.flow.Cursor;

/**
 * Events as they happen. {@link #next} waits for one; it fails when the connection does, or when the server was silent for
 * a minute (it says something every 15 s). {@link #lastId} tells where another stream has to go on. For one thread, but
 * for {@link #close}.
 *
 * @spec HTML "Server-sent events"
 */
public final class EventStream implements Cursor<ClusterEvent> {
    /** Longest silence. */
    static final Duration SILENCE = Duration.ofMinutes(1);

    private static final int MAX_LINE_BYTES = 4 << 20;

    private final HttpExchange exchange;
    private final InputStream in;
    private volatile String lastId;

    EventStream(HttpExchange exchange, String after) {
        this.exchange = exchange;
        this.in = new BufferedInputStream(exchange.body());
        this.lastId = after;
    }

    /** The place behind all events so far, for {@link ClusterClient#events}. Any thread. */
    public String lastId() {
        return lastId;
    }

    /**
     * Waits for the next event.
     *
     * @return null when the server ended the stream
     * @throws ApiException if the connection is lost
     */
    @Override
    public @Nullable ClusterEvent next() {
        String type = "";
        StringBuilder data = new StringBuilder();
        try {
            for (String line = line(); line != null; line = line()) {
                int colon = line.indexOf(':');
                String field = colon < 0 ? line : line.substring(0, colon);
                String value = colon < 0 ? "" : line.substring(colon + 1);
                value = value.startsWith(" ") ? value.substring(1) : value;
                switch (field) {
                    case "id" -> lastId = value;
                    case "event" -> type = value;
                    case "data" -> data.append(value).append('\n');
                    default -> {}
                }
                if (line.isEmpty() && data.length() > 0) {
                    return event(type, data.toString());
                }
                type = line.isEmpty() ? "" : type;
            }
            return null;
        } catch (IOException | IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw exchange.broken(e);
        }
    }

    private ClusterEvent event(String type, String data) throws IOException {
        JsonIn json = new JsonIn(new ByteArrayInputStream(data.getBytes(StandardCharsets.UTF_8)), exchange.times());
        if (!json.next()) {
            throw new IOException("event without data");
        }
        var it = new Object() {
            @Nullable
            Instant at;

            @Nullable
            Pin pin;

            @Nullable
            PeerId peer;

            @Nullable
            Alert alert;

            @Nullable
            Cid cid;

            TrackerStatus status = TrackerStatus.UNDEFINED;
            String error = "";
            int attempts;
            String reason = "";
        };
        json.object(field -> {
            switch (field) {
                case "at" -> it.at = json.time();
                case "pin" -> it.pin = PinRecords.pin(json);
                case "peer" -> it.peer = json.peer();
                case "alert" -> it.alert = PeerRecords.alert(json);
                case "cid" -> it.cid = json.cid();
                case "status" -> it.status = TrackerStatus.ofText(json.text());
                case "error" -> it.error = json.text();
                case "attempt_count" -> it.attempts = (int) json.number();
                case "reason" -> it.reason = json.text();
                default -> {}
            }
        });
        Cid cid = it.cid;
        ClusterEvent.StatusChange status =
                cid == null ? null : new ClusterEvent.StatusChange(cid, it.status, it.error, it.attempts);
        return new ClusterEvent(lastId, type, it.at, it.pin, it.peer, status, it.alert, it.reason);
    }

    private @Nullable String line() throws IOException {
        exchange.allow(SILENCE);
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            if (line.size() == MAX_LINE_BYTES) {
                throw new IOException("line of an event is longer than " + MAX_LINE_BYTES + " bytes");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** Ends the stream; a thread that waits in {@link #next} fails. */
    @Override
    public void close() {
        exchange.discard();
    }
}
