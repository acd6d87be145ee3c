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
package org.pinion.datastore.mvstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.datastore.DatastoreFactory.OpenDatastore;
import org.pinion.spi.datastore.FreeSpace;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open MVStore with one map per {@link Space}. The engine's commit takes in whatever the maps hold, so batches are
 * applied one at a time, and commits happen between batches only. Whoever wants its batch on disk commits and syncs
 * for everybody who came meanwhile: concurrent writers share one sync.
 */
final class MvStore implements OpenDatastore {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.datastore.mvstore");

    private static final String FILE = "pinion.mv";
    private static final int CACHE_MEBIBYTES = 32;
    /** A replaced part of the file is used again only so much later: by then what replaced it is on disk. */
    private static final int RETENTION_MILLIS = 5_000;
    /** Rows in memory that are in no commit yet, at most. */
    private static final long MOST_UNSAVED_BYTES = 8L << 20;
    /** After so many bytes written the emptiest parts of the file are written together. */
    private static final long TIDY_EVERY_BYTES = 16L << 20;

    private static final int TIDY_FILL_PERCENT = 60;
    private static final int TIDY_BYTES = 8 << 20;
    private static final int COMPACTION_STEP_MILLIS = 250;
    private static final int MOST_COMPACTION_STEPS = 240;

    private final Path path;
    private final SteadyFile file;
    private final MVStore engine;
    private final Map<Space, MVMap<byte[], byte[]>> maps = new EnumMap<>(Space.class);
    private final FreeSpace freeSpace;
    /** Held for reading by every use of a map, for writing while a batch is applied or committed. */
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

    private final Set<MvCursor> cursors = ConcurrentHashMap.newKeySet();
    private final Object syncing = new Object();
    private long applied;
    private long unsavedBytes;
    private long synced;
    private long untidyBytes;
    private volatile boolean closing;
    private boolean closed;

    private MvStore(Path path, SteadyFile file, MVStore engine) {
        this.path = path;
        this.file = file;
        this.engine = engine;
        freeSpace = new FreeSpace(Objects.requireNonNull(path.getParent()));
        engine.setRetentionTime(RETENTION_MILLIS);
        engine.setVersionsToKeep(0);
        MVMap.Builder<byte[], byte[]> map = new MVMap.Builder<byte[], byte[]>()
                .keyType(ByteArrayDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE);
        for (Space space : Space.values()) {
            maps.put(space, engine.openMap(space.name().toLowerCase(Locale.ROOT), map));
        }
    }

    /**
     * Opens the store in {@code folder}, which is made when missing.
     *
     * @throws ClusterException {@code STORAGE} if it is in use or damaged
     */
    static MvStore open(Path folder) {
        Path path = folder.resolve(FILE);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new ClusterException(ErrorCode.STORAGE, "cannot make the datastore's folder " + folder + ": " + e, e);
        }
        SteadyFile file;
        try {
            file = new SteadyFile(path.toString(), Map.of("cacheSize", CACHE_MEBIBYTES));
        } catch (IOException e) {
            throw new ClusterException(ErrorCode.STORAGE, "cannot open the datastore in " + path + ": " + e, e);
        } catch (MVStoreException e) {
            throw MvFailures.opening(path, e);
        }
        try {
            MVStore engine = new MVStore.Builder()
                    .adoptFileStore(file)
                    .autoCommitDisabled()
                    .autoCommitBufferSize(0)
                    .compress()
                    .open();
            return new MvStore(path, file, engine);
        } catch (RuntimeException e) {
            closeQuietly(file);
            throw MvFailures.opening(path, e);
        }
    }

    private static void closeQuietly(SteadyFile file) {
        try {
            file.close();
        } catch (MVStoreException e) {
            log.debug("closing a file that could not be used: {}", e.toString());
        }
    }

    @Override
    public byte @Nullable [] get(Space space, byte[] key) {
        return reading(() -> {
            byte[] value = map(space).get(key);
            return value == null ? null : value.clone();
        });
    }

    @Override
    public boolean contains(Space space, byte[] key) {
        return Boolean.TRUE.equals(reading(() -> map(space).containsKey(key)));
    }

    @Override
    public Cursor<Row> scan(Space space, byte[] from, byte @Nullable [] to) {
        Cursor<Row> opened = reading(() -> {
            MvCursor cursor = new MvCursor(this, map(space), engine.registerVersionUsage(), from.clone(), to);
            cursors.add(cursor);
            return cursor;
        });
        return Objects.requireNonNull(opened);
    }

    /** Runs a task on the maps; none of them changes meanwhile. */
    <T> @Nullable T reading(Supplier<@Nullable T> task) {
        use.readLock().lock();
        try {
            checkOpen();
            return task.get();
        } catch (MVStoreException e) {
            throw MvFailures.of("reading", path, e);
        } finally {
            use.readLock().unlock();
        }
    }

    /** Lets the file forget what a cursor showed; nothing happens when the store is closed, which did so already. */
    void forget(MvCursor cursor) {
        use.readLock().lock();
        try {
            if (cursors.remove(cursor)) {
                engine.deregisterVersionUsage(cursor.usage());
            }
        } finally {
            use.readLock().unlock();
        }
    }

    @Override
    public void write(WriteBatch batch, Durability durability) {
        if (batch.isEmpty()) {
            return;
        }
        freeSpace.check(batch);
        long mine;
        boolean save;
        use.writeLock().lock();
        try {
            checkOpen();
            batch.changes().forEach(this::apply);
            mine = ++applied;
            unsavedBytes += batch.bytes();
            save = durability == Durability.SYNC || unsavedBytes > MOST_UNSAVED_BYTES;
        } catch (MVStoreException e) {
            throw MvFailures.of("writing to", path, e);
        } finally {
            use.writeLock().unlock();
        }
        if (save) {
            syncUpTo(mine);
        }
    }

    private void apply(WriteBatch.Change change) {
        MVMap<byte[], byte[]> map = map(change.space());
        byte[] value = change.value();
        byte[] end = change.rangeEnd();
        if (value != null) {
            map.put(change.key(), value);
        } else if (end == null) {
            map.remove(change.key());
        } else {
            for (byte[] key = map.ceilingKey(change.key()); isBefore(key, end); key = map.higherKey(key)) {
                map.remove(key);
            }
        }
    }

    private static boolean isBefore(byte @Nullable [] key, byte[] end) {
        return key != null && ByteArrayDataType.INSTANCE.compare(key, end) < 0;
    }

    @Override
    public void sync() {
        long all;
        use.readLock().lock();
        try {
            checkOpen();
            all = applied;
        } finally {
            use.readLock().unlock();
        }
        syncUpTo(all);
    }

    /** Whoever waits here while another one syncs is mostly done by the next sync together with all others. */
    private void syncUpTo(long wanted) {
        synchronized (syncing) {
            if (synced >= wanted) {
                return;
            }
            long upTo;
            use.writeLock().lock();
            try {
                checkOpen();
                upTo = applied;
                engine.commit();
                untidyBytes += unsavedBytes;
                unsavedBytes = 0;
                if (untidyBytes > TIDY_EVERY_BYTES) {
                    untidyBytes = 0;
                    engine.compact(TIDY_FILL_PERCENT, TIDY_BYTES);
                    engine.commit();
                }
            } catch (MVStoreException e) {
                throw MvFailures.of("writing to", path, e);
            } finally {
                use.writeLock().unlock();
            }
            try {
                file.sync();
            } catch (MVStoreException e) {
                throw MvFailures.of("syncing", path, e);
            }
            synced = upTo;
        }
    }

    @Override
    public long approximateBytes(Space space) {
        Long bytes = reading(() -> {
            long all = maps.values().stream().mapToLong(MVMap::sizeAsLong).sum();
            long rows = map(space).sizeAsLong();
            return rows == 0 ? 0 : Math.max(1, (long) (file.size() * ((double) rows / all)));
        });
        return bytes == null ? 0 : bytes;
    }

    /** Compacts the one file of all spaces, in short steps between which others have their turn. */
    @Override
    public void compact(Space space) {
        sync();
        long before = Long.MAX_VALUE;
        for (int step = 0; step < MOST_COMPACTION_STEPS && !closing && file.size() < before; step++) {
            before = file.size();
            synchronized (syncing) {
                use.writeLock().lock();
                try {
                    checkOpen();
                    engine.compactFile(COMPACTION_STEP_MILLIS);
                    engine.setRetentionTime(RETENTION_MILLIS);
                } catch (MVStoreException e) {
                    throw MvFailures.of("compacting", path, e);
                } finally {
                    use.writeLock().unlock();
                }
            }
        }
    }

    private MVMap<byte[], byte[]> map(Space space) {
        return Objects.requireNonNull(maps.get(space));
    }

    private void checkOpen() {
        if (closed) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the datastore in " + path + " was closed");
        }
    }

    @Override
    public void close() {
        closing = true;
        synchronized (syncing) {
            use.writeLock().lock();
            try {
                if (closed) {
                    return;
                }
                closed = true;
                cursors.forEach(cursor -> engine.deregisterVersionUsage(cursor.usage()));
                cursors.clear();
                engine.close();
            } catch (MVStoreException e) {
                log.warn("closing the datastore in {} failed, it recovers when it is opened: {}", path, e.toString());
                engine.closeImmediately();
            } finally {
                use.writeLock().unlock();
            }
        }
    }
}
