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
package org.pinion.consensus.crdt;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.pinion.datastore.rocksdb.RocksFactory;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.spi.Pin;
import org.pinion.spi.consensus.PinsetListener;
import org.pinion.spi.datastore.DatastoreFactory.OpenDatastore;
import org.pinion.spi.flow.Cursor;
import org.pinion.state.PinStateComponent;
import org.pinion.state.ProtobufPinCodec;

/** A whole consensus component on a real datastore, on a network in memory. */
final class TestPeer implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;
    private static final ReentrantLock CHANGES = new ReentrantLock();
    private static final Condition CHANGED = CHANGES.newCondition();

    final PeerId id;
    final CrdtConsensus consensus;
    final PinStateComponent pins = new PinStateComponent();
    final List<String> events = new ArrayList<>();
    private final MemoryNetwork network;
    private final ExecutorsComponent executors = new ExecutorsComponent();
    private final OpenDatastore store;

    private TestPeer(MemoryNetwork network, PeerId id, Path folder, Settings settings) {
        this.network = network;
        this.id = id;
        store = new RocksFactory().open(folder, Map.of());
        pins.setStore(store);
        consensus = new CrdtConsensus(network.join(id), executors, id, settings);
        consensus.setListeners(List.of(new PinsetListener() {
            @Override
            public void pinned(Pin pin) {
                changed("+" + pin.options().name());
            }

            @Override
            public void unpinned(Pin pin) {
                changed("-" + pin.options().name());
            }
        }));
        consensus.setDatastore(store);
        consensus.setPinState(pins);
        consensus.setPinStateWriter(pins);
        consensus.setPinCodec(new ProtobufPinCodec());
    }

    static TestPeer start(MemoryNetwork network, Path folder, Settings settings) {
        return start(network, newId(), folder, settings);
    }

    static TestPeer start(MemoryNetwork network, PeerId id, Path folder, Settings settings) {
        TestPeer peer = new TestPeer(network, id, folder, settings);
        peer.consensus.ready().toCompletableFuture().join();
        return peer;
    }

    static PeerId newId() {
        return PeerId.of(PrivateKey.generate(KeyType.ED25519));
    }

    static Settings settings(Map<String, ?> more) {
        Map<String, Object> properties = new TreeMap<>(Map.of("trusted.peers", "*"));
        properties.putAll(more);
        return Settings.of(properties);
    }

    private void changed(String event) {
        CHANGES.lock();
        try {
            events.add(event);
            CHANGED.signalAll();
        } finally {
            CHANGES.unlock();
        }
    }

    /** Waits until a condition holds that depends on what some peer merged. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        CHANGES.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("waited " + PATIENCE_SECONDS + " s for: " + what);
                }
                CHANGED.await(20, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            CHANGES.unlock();
        }
    }

    List<String> events() {
        CHANGES.lock();
        try {
            return List.copyOf(events);
        } finally {
            CHANGES.unlock();
        }
    }

    CompletableFuture<Void> pin(int number, String name) {
        return consensus.logPin(ReplicaTest.pin(number, name)).toCompletableFuture();
    }

    CompletableFuture<Void> unpin(int number) {
        return consensus.logUnpin(ReplicaTest.pin(number, "")).toCompletableFuture();
    }

    /** The names of all pins, by CID. */
    Map<String, String> names() {
        Map<String, String> names = new TreeMap<>();
        try (Cursor<Pin> cursor = pins.list(null)) {
            for (Pin pin = cursor.next(); pin != null; pin = cursor.next()) {
                names.put(pin.cid().toString(), pin.options().name());
            }
        }
        return names;
    }

    OpenDatastore store() {
        return store;
    }

    @Override
    public void close() {
        consensus.close();
        network.leave(id);
        pins.close();
        executors.close();
        store.close();
    }
}
