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
package org.pinion.datastore.rocksdb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.datastore.DatastoreFactory.OpenDatastore;
import org.pinion.spi.datastore.FreeSpace;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open RocksDB with one column family per {@link Space}. Concurrent synced writes share one sync of the log: the
 * engine groups writers by itself.
 *
 * <p>A use of a closed native object would crash the process. So every call holds the use lock, {@link #close} waits
 * for those that are under way, and cursors that are still open are released first and fail afterwards.
 */
final class RocksStore implements OpenDatastore {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.datastore.rocksdb");

    private static final int BATCH_HEAD_BYTES = 12;
    /** Kind, family and two lengths. */
    private static final int CHANGE_HEAD_BYTES = 16;

    private static final int MAX_RESERVED_BYTES = 8 << 20;

    private final Path folder;
    private final Tuning tuning;
    private final RocksDB db;
    private final List<ColumnFamilyHandle> handles;
    private final Map<Space, ColumnFamilyHandle> families = new EnumMap<>(Space.class);
    private final WriteOptions syncWrites = new WriteOptions().setSync(true);
    private final WriteOptions laterWrites = new WriteOptions().setSync(false);
    private final WriteOptions unloggedWrites = new WriteOptions().setDisableWAL(true);
    /** Spaces with rows that are in no log and perhaps in no file. */
    private final Set<Space> unlogged = ConcurrentHashMap.newKeySet();

    private final FreeSpace freeSpace;
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
    private final Set<RocksCursor> cursors = ConcurrentHashMap.newKeySet();
    private volatile @Nullable CompactRangeOptions compaction;
    private boolean closed;

    private RocksStore(Path folder, Tuning tuning, RocksDB db, List<ColumnFamilyHandle> handles)
            throws RocksDBException {
        this.folder = folder;
        this.tuning = tuning;
        this.db = db;
        this.handles = handles;
        this.freeSpace = new FreeSpace(folder);
        for (ColumnFamilyHandle handle : handles) {
            String name = new String(handle.getName(), StandardCharsets.UTF_8);
            for (Space space : Space.values()) {
                if (familyName(space).equals(name)) {
                    families.put(space, handle);
                }
            }
        }
    }

    /**
     * Opens the store in {@code folder}, which is made when missing.
     *
     * @throws ClusterException {@code STORAGE} if it is in use, damaged, or the native library cannot be loaded
     */
    static RocksStore open(Path folder, Settings settings) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new ClusterException(ErrorCode.STORAGE, "cannot make the datastore's folder " + folder + ": " + e, e);
        }
        loadLibrary();
        Tuning tuning = new Tuning(settings);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            List<ColumnFamilyDescriptor> descriptors = descriptors(folder, tuning);
            RocksDB db =
                    RocksDB.open(tuning.database(DirectWrites.work(folder)), folder.toString(), descriptors, handles);
            return new RocksStore(folder, tuning, db, handles);
        } catch (RocksDBException e) {
            tuning.close();
            throw RocksFailures.opening(folder, e);
        }
    }

    private static void loadLibrary() {
        try {
            RocksDB.loadLibrary();
        } catch (LinkageError | RuntimeException e) {
            throw new ClusterException(
                    ErrorCode.STORAGE,
                    "no native library of RocksDB for " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + ": " + e.getMessage()
                            + "; use another datastore section",
                    e);
        }
    }

    private static List<ColumnFamilyDescriptor> descriptors(Path folder, Tuning tuning) throws RocksDBException {
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        List<String> known = new ArrayList<>();
        for (Space space : Space.values()) {
            known.add(familyName(space));
            descriptors.add(new ColumnFamilyDescriptor(utf8(familyName(space)), tuning.family(space)));
        }
        List<byte[]> existing;
        try (Options plain = new Options()) {
            existing = RocksDB.listColumnFamilies(plain, folder.toString());
        }
        if (existing.isEmpty()) {
            existing = List.of(RocksDB.DEFAULT_COLUMN_FAMILY);
        }
        for (byte[] name : existing) {
            if (!known.contains(new String(name, StandardCharsets.UTF_8))) {
                descriptors.add(new ColumnFamilyDescriptor(name, tuning.unknown()));
            }
        }
        return descriptors;
    }

    private static String familyName(Space space) {
        return space.name().toLowerCase(Locale.ROOT);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    Path folder() {
        return folder;
    }

    @Override
    public byte @Nullable [] get(Space space, byte[] key) {
        enter();
        try {
            return db.get(family(space), key);
        } catch (RocksDBException e) {
            throw RocksFailures.of("reading", folder, e);
        } finally {
            leave();
        }
    }

    @Override
    public boolean contains(Space space, byte[] key) {
        enter();
        try {
            return db.keyExists(family(space), key);
        } finally {
            leave();
        }
    }

    @Override
    public Cursor<Row> scan(Space space, byte[] from, byte @Nullable [] to) {
        enter();
        try {
            RocksCursor cursor = new RocksCursor(this, db, family(space), from, to);
            cursors.add(cursor);
            return cursor;
        } finally {
            leave();
        }
    }

    @Override
    public void write(WriteBatch batch, Durability durability) {
        if (batch.isEmpty()) {
            return;
        }
        freeSpace.check(batch);
        enter();
        try (org.rocksdb.WriteBatch changes = new org.rocksdb.WriteBatch(reserved(batch))) {
            for (WriteBatch.Change change : batch.changes()) {
                add(changes, change);
            }
            switch (durability) {
                case SYNC -> db.write(syncWrites, changes);
                case LATER -> db.write(laterWrites, changes);
                case UNLOGGED -> {
                    db.write(unloggedWrites, changes);
                    batch.changes().forEach(change -> unlogged.add(change.space()));
                }
            }
        } catch (RocksDBException e) {
            throw RocksFailures.of("writing to", folder, e);
        } finally {
            leave();
        }
    }

    /** Room for all, or a large batch is copied while it grows. */
    private static int reserved(WriteBatch batch) {
        return (int) Math.min(
                batch.bytes()
                        + BATCH_HEAD_BYTES
                        + (long) CHANGE_HEAD_BYTES * batch.changes().size(),
                MAX_RESERVED_BYTES);
    }

    private void add(org.rocksdb.WriteBatch changes, WriteBatch.Change change) throws RocksDBException {
        ColumnFamilyHandle family = family(change.space());
        byte[] value = change.value();
        byte[] end = change.rangeEnd();
        if (value != null) {
            changes.put(family, change.key(), value);
        } else if (end != null) {
            changes.deleteRange(family, change.key(), end);
        } else {
            changes.delete(family, change.key());
        }
    }

    @Override
    public void sync() {
        enter();
        try {
            flushUnlogged();
            db.syncWal();
        } catch (RocksDBException e) {
            throw RocksFailures.of("syncing", folder, e);
        } finally {
            leave();
        }
    }

    /** What no log has must be in files. */
    private void flushUnlogged() throws RocksDBException {
        for (Space space : Space.values()) {
            if (!unlogged.remove(space)) {
                continue;
            }
            try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
                db.flush(options, family(space));
            } catch (RocksDBException e) {
                unlogged.add(space);
                throw e;
            }
        }
    }

    @Override
    public long approximateBytes(Space space) {
        enter();
        try {
            ColumnFamilyHandle family = family(space);
            return db.getLongProperty(family, "rocksdb.live-sst-files-size")
                    + db.getLongProperty(family, "rocksdb.live-blob-file-size")
                    + db.getLongProperty(family, "rocksdb.cur-size-all-mem-tables");
        } catch (RocksDBException e) {
            throw RocksFailures.of("measuring", folder, e);
        } finally {
            leave();
        }
    }

    @Override
    public void compact(Space space) {
        enter();
        try (CompactRangeOptions options = new CompactRangeOptions()) {
            options.setExclusiveManualCompaction(false);
            compaction = options;
            ColumnFamilyHandle family = family(space);
            db.setOptions(family, Tuning.COLLECT_BLOBS);
            try {
                db.compactRange(family, null, null, options);
            } finally {
                db.setOptions(family, Tuning.LEAVE_BLOBS);
            }
        } catch (RocksDBException e) {
            throw RocksFailures.of("compacting", folder, e);
        } finally {
            compaction = null;
            leave();
        }
    }

    /** A compaction under way would hold up the closing. */
    private void cancelCompaction() {
        CompactRangeOptions running = compaction;
        if (running != null) {
            running.setCanceled(true);
        }
    }

    private ColumnFamilyHandle family(Space space) {
        return Objects.requireNonNull(families.get(space));
    }

    /** Takes the use lock; to be followed by {@link #leave}. Fails once the store is closed. */
    void enter() {
        use.readLock().lock();
        if (closed) {
            use.readLock().unlock();
            throw gone();
        }
    }

    void leave() {
        use.readLock().unlock();
    }

    /** What every use after {@link #close} fails with. */
    ClusterException gone() {
        return new ClusterException(ErrorCode.UNAVAILABLE, "the datastore in " + folder + " was closed");
    }

    /** Releases a cursor; nothing happens when the store is closed, which released it already. */
    void forget(RocksCursor cursor) {
        use.readLock().lock();
        try {
            if (cursors.remove(cursor)) {
                cursor.release();
            }
        } finally {
            use.readLock().unlock();
        }
    }

    @Override
    public void close() {
        cancelCompaction();
        use.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            cursors.forEach(RocksCursor::release);
            cursors.clear();
            flush();
            handles.forEach(ColumnFamilyHandle::close);
            db.closeE();
        } catch (RocksDBException e) {
            log.warn("closing the datastore in {} failed, it will recover when it is opened: {}", folder, e.toString());
        } finally {
            use.writeLock().unlock();
        }
        syncWrites.close();
        laterWrites.close();
        unloggedWrites.close();
        tuning.close();
    }

    /** Everything into files, so that the next opening has no log to read. */
    private void flush() {
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            db.syncWal();
            db.flush(options, handles);
        } catch (RocksDBException e) {
            log.warn("flushing the datastore in {} failed, its log is read again: {}", folder, e.toString());
        }
    }
}
