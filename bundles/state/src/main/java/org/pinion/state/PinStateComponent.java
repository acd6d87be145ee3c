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
package org.pinion.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.PinIndexes;
import org.pinion.spi.state.PinQuery;
import org.pinion.spi.state.PinState;
import org.pinion.spi.state.PinStateWriter;

/**
 * The pin set over whatever datastore there is now. While there is none, calls wait up to five seconds and then fail
 * with {@code UNAVAILABLE}.
 */
@Component(
        name = "org.pinion.state",
        service = {PinState.class, PinStateWriter.class, PinIndexes.class})
public final class PinStateComponent implements PinState, PinStateWriter, PinIndexes {
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private final ProtobufPinCodec codec = new ProtobufPinCodec();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Datastore store;
    private volatile @Nullable StoredPins pins;
    private boolean closed;

    /** Waits for a datastore. */
    @Activate
    public PinStateComponent() {}

    /** A datastore came; it may replace another one. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetStore")
    public void setStore(Datastore newStore) {
        lock.lock();
        try {
            store = newStore;
            pins = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A datastore goes; a newer one stays. */
    public void unsetStore(Datastore oldStore) {
        lock.lock();
        try {
            if (store == oldStore) {
                store = null;
                pins = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends waiting calls. */
    @Deactivate
    public void close() {
        lock.lock();
        try {
            closed = true;
            store = null;
            pins = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private StoredPins pins() {
        StoredPins open = pins;
        return open != null ? open : await();
    }

    private StoredPins await() {
        lock.lock();
        try {
            long nanos = MAX_WAIT.toNanos();
            while (store == null && !closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            Datastore present = store;
            if (present == null) {
                throw new ClusterException(
                        ErrorCode.UNAVAILABLE,
                        "no datastore for " + TimeUnit.NANOSECONDS.toSeconds(MAX_WAIT.toNanos())
                                + " s: the pin set cannot be reached");
            }
            StoredPins open = pins;
            if (open == null) {
                open = StoredPins.open(present, codec);
                pins = open;
            }
            return open;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted while waiting for a datastore", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Pin> get(Cid cid) {
        return pins().get(cid);
    }

    @Override
    public boolean contains(Cid cid) {
        return pins().contains(cid);
    }

    @Override
    public Cursor<Pin> list(@Nullable Cid after) {
        return pins().list(after);
    }

    @Override
    public long size() {
        return pins().size();
    }

    @Override
    public Cursor<Pin> expiredBefore(Instant when) {
        return pins().expiredBefore(when);
    }

    @Override
    public Cursor<Pin> named(String name) {
        return pins().named(name);
    }

    @Override
    public Cursor<Pin> find(PinQuery query, @Nullable Cid after) {
        return pins().find(query, after);
    }

    @Override
    public void put(WriteBatch batch, Pin pin) {
        pins().put(batch, pin);
    }

    @Override
    public void remove(WriteBatch batch, Cid cid) {
        pins().remove(batch, cid);
    }

    @Override
    public void clear(WriteBatch batch) {
        pins().clear(batch);
    }

    @Override
    public void written(WriteBatch batch) {
        pins().written(batch);
    }

    @Override
    public void discarded(WriteBatch batch) {
        pins().discarded(batch);
    }
}
