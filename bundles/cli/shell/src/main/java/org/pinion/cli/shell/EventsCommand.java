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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.pinion.client.TableRows;
import org.pinion.client.command.Option;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.consensus.PinsetListener;
import org.pinion.spi.monitor.AlertListener;
import org.pinion.spi.pintracker.StatusListener;

/** {@code events}: what happens in this peer, as it happens. */
final class EventsCommand {
    /** Known kinds. */
    static final List<String> KINDS = List.of("pin", "unpin", "status", "alert");

    private static final int MAX_WAITING = 10_000;
    private static final long LOOK_SECONDS = 60;

    private final Call call;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicLong lost = new AtomicLong();

    private EventsCommand(Call call) {
        this.call = call;
    }

    static Spec spec() {
        return new Spec(
                "events",
                List.of(),
                "Show what happens in this peer, until ctrl-C",
                """
                A line for each pin and unpin of the shared pin set, each change of a status on this peer, and each alert, as it \
                happens. A reader that is too slow loses lines, and is told how many.
                """,
                List.of("cluster:events", "cluster:events --types status,alert", "cluster:events --count 10"),
                List.of(
                        Option.text("", "comma list of: pin, unpin, status, alert; empty = all", "types"),
                        Option.number("0", "end after so many events, 0 = never", "count")),
                call -> new EventsCommand(call).run());
    }

    private void run() {
        List<String> kinds = new ArrayList<>(KINDS);
        if (!call.option("types").isEmpty()) {
            kinds = List.of(call.option("types").split(","));
            if (!KINDS.containsAll(kinds)) {
                throw ShellFailure.usage(
                        "--types: \"" + call.option("types") + "\"; there are " + String.join(", ", KINDS));
            }
        }
        List<Services.Registration> offers = new ArrayList<>();
        try {
            listen(kinds, offers);
            print(call.number("count"));
        } finally {
            offers.forEach(Services.Registration::close);
        }
    }

    private void listen(List<String> kinds, List<Services.Registration> offers) {
        Services services = call.services();
        if (kinds.contains("pin") || kinds.contains("unpin")) {
            boolean pins = kinds.contains("pin");
            boolean unpins = kinds.contains("unpin");
            offers.add(services.offer(PinsetListener.class, new PinsetListener() {
                @Override
                public void pinned(Pin pin) {
                    if (pins) {
                        happened("pin", pin.cid() + name(pin));
                    }
                }

                @Override
                public void unpinned(Pin pin) {
                    if (unpins) {
                        happened("unpin", pin.cid() + name(pin));
                    }
                }
            }));
        }
        if (kinds.contains("status")) {
            offers.add(services.offer(StatusListener.class, this::status));
        }
        if (kinds.contains("alert")) {
            offers.add(services.offer(
                    AlertListener.class,
                    alert -> happened(
                            "alert",
                            alert.metric().peer() + " | " + alert.metric().name() + " has expired")));
        }
    }

    private void status(Cid cid, TrackerStatus status, String error, int attempts) {
        String text = cid + " | " + status.text().toUpperCase(Locale.ROOT);
        happened("status", error.isEmpty() ? text : text + ": " + error + " | Attempts: " + attempts);
    }

    private static String name(Pin pin) {
        return pin.options().name().isEmpty() ? "" : " | " + pin.options().name();
    }

    /** Called on lanes of others: never blocks. */
    private void happened(String kind, String what) {
        if (!waiting.offer(TableRows.time(call.now()) + " | " + kind + " | " + what.replaceAll("\\s+", " ") + "\n")) {
            lost.incrementAndGet();
        }
    }

    private void print(int wanted) {
        call.screen().endless();
        int shown = 0;
        while (wanted == 0 || shown < wanted) {
            try {
                String line = waiting.poll(LOOK_SECONDS, TimeUnit.SECONDS);
                if (line != null) {
                    call.print(line);
                    shown++;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ShellFailure.interrupted();
            }
            long missing = lost.getAndSet(0);
            if (missing > 0) {
                call.print(missing + " events were lost: they came faster than they were shown\n");
            }
        }
    }
}
