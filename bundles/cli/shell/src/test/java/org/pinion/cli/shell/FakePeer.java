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

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.flow.Cursor;

/** A peer in memory, behind the real commands and renderers. */
final class FakePeer {
    static final PeerId PEER = PeerId.parse("12D3KooWGuqejmiB77fdqcF6L6PHUT93tZzCXSQ1b4HdRBUQuM8F");
    static final Instant NOW = Instant.parse("2026-11-22T14:30:58Z");

    private final Map<Class<?>, Object> services = new HashMap<>();
    final Map<Class<?>, List<Object>> offered = new HashMap<>();
    final TreeMap<Cid, Pin> pins = new TreeMap<>();
    final List<String> calls = new ArrayList<>();
    int openCursors;
    int readRows;
    TrackerStatus status = TrackerStatus.PINNED;
    Instant now = NOW;
    Consumer<Object> onOffer = listener -> {};

    FakePeer() {
        put(Pinset.class, (name, arguments) -> switch (name) {
            case "pin", "pinPath" -> pin(arguments);
            case "unpin" -> CompletableFuture.completedFuture(pins.remove((Cid) arguments[0]));
            case "get" -> Optional.ofNullable(pins.get((Cid) arguments[0]));
            case "list" -> list((Cid) arguments[0]);
            default -> throw new IllegalStateException(name);
        });
        put(PinStatuses.class, (name, arguments) -> switch (name) {
            case "status", "recover" -> CompletableFuture.completedFuture(info((Cid) arguments[0]));
            case "statusAll" ->
                list(null).map(pin -> info(pin.cid())).filter(info -> ((StatusFilter) arguments[0]).matches(status));
            case "recoverAll" -> Cursor.empty();
            default -> throw new IllegalStateException(name);
        });
    }

    interface Answers {
        Object answer(String method, Object... arguments);
    }

    <T> void put(Class<T> type, Answers answers) {
        services.put(
                type,
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Object[] given = arguments == null ? new Object[0] : arguments;
                    calls.add(method.getName() + Arrays.toString(given));
                    return answers.answer(method.getName(), given);
                }));
    }

    void remove(Class<?> type) {
        services.remove(type);
    }

    Pin hold(String cid, String name) {
        Pin pin = Pin.of(
                        Cid.parse(cid),
                        PinOptions.builder().name(name).replication(-1, -1).build())
                .withTimestamp(NOW);
        pins.put(pin.cid(), pin);
        return pin;
    }

    private CompletableFuture<Pin> pin(Object... arguments) {
        Pin pin = arguments[0] instanceof Pin whole
                ? whole
                : Pin.of(Cid.parse(((String) arguments[0]).split("/")[2]), (PinOptions) arguments[1]);
        pins.put(pin.cid(), pin);
        return CompletableFuture.completedFuture(pin);
    }

    Cursor<Pin> list(@Nullable Cid after) {
        openCursors++;
        var rows = (after == null ? pins : pins.tailMap(after, false)).values().iterator();
        return new Cursor<>() {
            private boolean closed;

            @Override
            public @Nullable Pin next() {
                if (Thread.currentThread().isInterrupted()) {
                    throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted");
                }
                readRows++;
                return rows.hasNext() ? rows.next() : null;
            }

            @Override
            public void close() {
                openCursors -= closed ? 0 : 1;
                closed = true;
            }
        };
    }

    private GlobalPinInfo info(Cid cid) {
        TreeMap<PeerId, PeerPinStatus> peers = new TreeMap<>();
        peers.put(PEER, new PeerPinStatus("peer0", null, List.of(), status, NOW, "", 0, false));
        return new GlobalPinInfo(cid, "", List.of(), List.of(), NOW, new TreeMap<>(), peers);
    }

    /** What a command line prints. */
    String run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        run(new Screen(new PrintStream(out, false, StandardCharsets.UTF_8), null), words);
        return out.toString(StandardCharsets.UTF_8);
    }

    void run(Screen screen, String... words) {
        command(words[0]).run(List.of(words).subList(1, words.length), screen);
    }

    ClusterCommand command(String name) {
        Spec found = ClusterCommands.specs().stream()
                .filter(spec -> spec.name().equals(name))
                .findFirst()
                .orElseThrow();
        return new ClusterCommand(found, Lookup::new, () -> now);
    }

    List<String> complete(String line) {
        String[] words = line.split(" ", -1);
        String last = words[words.length - 1];
        return command(words[0].substring("cluster:".length())).candidates(words, words.length - 1, last.length());
    }

    private final class Lookup implements Services {
        @Override
        public <T> @Nullable T find(Class<T> type) {
            return type.cast(services.get(type));
        }

        @Override
        public <T> Registration offer(Class<T> type, T listener) {
            List<Object> all = offered.computeIfAbsent(type, any -> new ArrayList<>());
            all.add(listener);
            onOffer.accept(listener);
            return () -> all.remove(listener);
        }

        @Override
        public void close() {}
    }
}
