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
package org.pinion.itests.testkit.fakes;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.state.PinState;

/** Small stand-ins for what a tracker works with. */
public final class TrackerFakes {
    /** The peer under test. */
    public static final PeerId SELF = peer(1);
    /** Another peer. */
    public static final PeerId OTHER = peer(2);
    /** When all pins were made. */
    public static final Instant CREATED = Instant.parse("2025-12-31T23:00:00Z");

    private TrackerFakes() {}

    /** A peer id made of a number. */
    public static PeerId peer(int number) {
        return PeerId.ofBytes(Multihash.identity(new byte[] {(byte) number}).bytes());
    }

    /** A CID made of a number; ordered as the numbers are. */
    public static Cid cid(int number) {
        return Cid.v1(
                Cid.RAW, Multihash.identity(new byte[] {(byte) (number >> 16), (byte) (number >> 8), (byte) number}));
    }

    /** The number that a CID was made of. */
    public static int number(Cid cid) {
        byte[] digest = cid.multihash().digest();
        return (digest[0] & 255) << 16 | (digest[1] & 255) << 8 | digest[2] & 255;
    }

    /** A pin that all peers hold. */
    public static Pin everywhere(int number) {
        return Pin.of(
                        cid(number),
                        PinOptions.builder()
                                .name("n" + number)
                                .replication(-1, -1)
                                .build())
                .withTimestamp(CREATED);
    }

    /** A direct pin that all peers hold. */
    public static Pin direct(int number) {
        PinOptions options =
                PinOptions.builder().replication(-1, -1).mode(PinMode.DIRECT).build();
        return Pin.of(cid(number), options).withTimestamp(CREATED);
    }

    /** A pin of some peers. */
    public static Pin on(int number, PeerId... peers) {
        return Pin.of(cid(number), PinOptions.builder().replication(1, 1).build())
                .withTimestamp(CREATED)
                .withAllocations(List.of(peers));
    }

    /** The identity {@link #SELF}, without keys. */
    public static Secrets secrets() {
        return new Secrets() {
            @Override
            public PeerId peerId() {
                return SELF;
            }

            @Override
            public PrivateKey privateKey() {
                throw new UnsupportedOperationException("the tracker needs no key");
            }

            @Override
            public Optional<byte[]> clusterSecret() {
                return Optional.empty();
            }

            @Override
            public Optional<String> value(String pid, String key) {
                return Optional.empty();
            }
        };
    }

    /** The pin set in memory. */
    public static final class State implements PinState {
        /** Empty. */
        public State() {}

        /** What it holds. */
        public final TreeMap<Cid, Pin> pins = new TreeMap<>();

        /** Adds or replaces one. */
        public void add(Pin pin) {
            pins.put(pin.cid(), pin);
        }

        @Override
        public Optional<Pin> get(Cid cid) {
            return Optional.ofNullable(pins.get(cid));
        }

        @Override
        public boolean contains(Cid cid) {
            return pins.containsKey(cid);
        }

        @Override
        public Cursor<Pin> list(@Nullable Cid after) {
            return Cursor.of(List.copyOf((after == null ? pins : pins.tailMap(after, false)).values()));
        }

        @Override
        public long size() {
            return pins.size();
        }
    }

    /** An IPFS node whose pins finish when the test says so, or at once. */
    public static final class Ipfs implements IpfsConnector {
        /** Empty. */
        public Ipfs() {}

        /** What it holds. */
        public final Map<Cid, IpfsPinStatus> held = new LinkedHashMap<>();
        /** Pins that were begun; completing one ends it. */
        public final Map<Cid, CompletableFuture<Void>> pinning = new LinkedHashMap<>();
        /** Unpins that were begun; completing one ends it. */
        public final Map<Cid, CompletableFuture<Void>> unpinning = new LinkedHashMap<>();
        /** Pins in the order they were begun. */
        public final List<Cid> order = new ArrayList<>();
        /** Whether what was begun waits for the test; else it succeeds at once. */
        public boolean holds = true;
        /** What every question fails with; null = it answers. */
        public @Nullable RuntimeException down;

        @Override
        public CompletableFuture<IpfsId> id() {
            return CompletableFuture.completedFuture(new IpfsId(
                    peer(9),
                    List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/1"), Multiaddr.parse("/ip4/10.0.0.1/tcp/1")),
                    ""));
        }

        @Override
        public CompletableFuture<Void> pin(Pin pin) {
            order.add(pin.cid());
            CompletableFuture<Void> work = new CompletableFuture<>();
            pinning.put(pin.cid(), work);
            CompletableFuture<Void> done = work.thenRun(
                    () -> held.put(pin.cid(), pin.maxDepth() == 0 ? IpfsPinStatus.DIRECT : IpfsPinStatus.RECURSIVE));
            if (!holds) {
                work.complete(null);
            }
            return done;
        }

        @Override
        public CompletableFuture<Void> unpin(Cid cid) {
            CompletableFuture<Void> work = new CompletableFuture<>();
            unpinning.put(cid, work);
            CompletableFuture<Void> done = work.thenRun(() -> held.remove(cid));
            if (!holds) {
                work.complete(null);
            }
            return done;
        }

        @Override
        public CompletableFuture<IpfsPinStatus> pinStatus(Pin pin) {
            return down == null
                    ? CompletableFuture.completedFuture(held.getOrDefault(pin.cid(), IpfsPinStatus.UNPINNED))
                    : CompletableFuture.failedFuture(down);
        }

        @Override
        public Cursor<IpfsPin> pins(Set<IpfsPinStatus> kinds) {
            if (down != null) {
                throw down;
            }
            return Cursor.of(held.entrySet().stream()
                    .filter(entry -> kinds.contains(entry.getValue()))
                    .map(entry -> new IpfsPin(entry.getKey(), entry.getValue()))
                    .toList());
        }
    }

    /** A store in memory. */
    public static final class Store implements Datastore {
        /** Empty. */
        public Store() {}

        private final EnumMap<Space, TreeMap<byte[], byte[]>> spaces = new EnumMap<>(Space.class);

        private TreeMap<byte[], byte[]> rows(Space space) {
            return spaces.computeIfAbsent(space, key -> new TreeMap<>(Arrays::compareUnsigned));
        }

        @Override
        public byte @Nullable [] get(Space space, byte[] key) {
            return rows(space).get(key);
        }

        @Override
        public boolean contains(Space space, byte[] key) {
            return rows(space).containsKey(key);
        }

        @Override
        public Cursor<Row> scan(Space space, byte[] from, byte @Nullable [] to) {
            List<Row> found = new ArrayList<>();
            (to == null ? rows(space).tailMap(from) : rows(space).subMap(from, to))
                    .forEach((key, value) -> found.add(new Row(key, value)));
            return Cursor.of(found);
        }

        @Override
        public void write(WriteBatch batch, Durability durability) {
            for (WriteBatch.Change change : batch.changes()) {
                TreeMap<byte[], byte[]> rows = rows(change.space());
                if (change.rangeEnd() != null) {
                    rows.subMap(change.key(), change.rangeEnd()).clear();
                } else if (change.value() != null) {
                    rows.put(change.key(), change.value());
                } else {
                    rows.remove(change.key());
                }
            }
        }

        @Override
        public void sync() {}

        @Override
        public long approximateBytes(Space space) {
            return 0;
        }
    }
}
