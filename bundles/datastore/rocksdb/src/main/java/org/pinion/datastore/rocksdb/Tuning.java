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

import java.util.ArrayDeque;
import java.util.Deque;
import org.pinion.spi.datastore.Space;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileManager;

/**
 * RocksDB's options for this load, measured on two cores with a heap of 256 MB. Owns the native objects behind them:
 * close it after the database.
 */
final class Tuning implements AutoCloseable {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    /**
     * Options for the time of a requested compaction only: keys are hashes, so that every ordinary compaction would move
     * blobs that are in use, and write them several times.
     */
    static final MutableColumnFamilyOptions COLLECT_BLOBS = MutableColumnFamilyOptions.builder()
            .setEnableBlobGarbageCollection(true)
            .setBlobGarbageCollectionAgeCutoff(1.0)
            .build();

    /** Options at all other times. */
    static final MutableColumnFamilyOptions LEAVE_BLOBS = MutableColumnFamilyOptions.builder()
            .setEnableBlobGarbageCollection(false)
            .build();

    /** A fiftieth of a memtable of rows of 150 bytes is more than 20 bits for each. */
    private static final double MEMTABLE_FILTER_SHARE = 0.02;

    private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();
    private final Settings settings;
    private final Cache cache;
    private final BloomFilter filter;

    Tuning(Settings settings) {
        this.settings = settings;
        cache = own(new LRUCache(settings.cacheBytes()));
        filter = own(new BloomFilter(10, false));
    }

    /**
     * Options of the whole store.
     *
     * @param directWrites whether files are written past the page cache: blocks are rarely read soon after they were
     *     added, and pages for them cost more processor time than all else of an add
     */
    DBOptions database(boolean directWrites) throws RocksDBException {
        return own(new DBOptions())
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setMaxOpenFiles(settings.maxOpenFiles())
                .setMaxBackgroundJobs(2)
                .setUseDirectIoForFlushAndCompaction(directWrites)
                .setDbWriteBufferSize(settings.writeBufferBytes())
                .setMaxTotalWalSize(64 * MIB)
                .setBytesPerSync(MIB)
                .setAvoidFlushDuringShutdown(true)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(MIB)
                // it is what lets the engine go on by itself when a full disk has room again
                .setSstFileManager(own(new SstFileManager(Env.getDefault())));
    }

    /** Options of a column family that is none of ours: the engine's {@code default}, or one of a later version. */
    ColumnFamilyOptions unknown() {
        return family(MIB);
    }

    ColumnFamilyOptions family(Space space) {
        return switch (space) {
            case META, NODE -> family(4 * MIB);
            case PINS, ELEMENTS, INDEX, TRACKER -> family(16 * MIB);
            case DAG -> withBlobs(family(8 * MIB), CompressionType.LZ4_COMPRESSION);
            // Users' files seldom compress, and adding them is bound by this.
            case BLOCKS -> withBlobs(family(16 * MIB), CompressionType.NO_COMPRESSION);
        };
    }

    private ColumnFamilyOptions family(long memtableBytes) {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockSize(16 * KIB)
                .setBlockCache(cache)
                .setFilterPolicy(filter)
                .setFormatVersion(5)
                // index and filters outside the cache: inside a small one they push out each other
                .setCacheIndexAndFilterBlocks(false);
        return own(new ColumnFamilyOptions())
                .setWriteBufferSize(memtableBytes)
                .setMaxWriteBufferNumber(2)
                // most reads of a merge are for what is not there: they need not search the memtable
                .setMemtableWholeKeyFiltering(true)
                .setMemtablePrefixBloomSizeRatio(MEMTABLE_FILTER_SHARE)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setBottommostCompressionType(CompressionType.LZ4_COMPRESSION)
                .setLevelCompactionDynamicLevelBytes(true)
                .setTableFormatConfig(table);
    }

    private static ColumnFamilyOptions withBlobs(ColumnFamilyOptions options, CompressionType compression) {
        return options.setEnableBlobFiles(true)
                .setMinBlobSize(4 * KIB)
                .setBlobFileSize(64 * MIB)
                .setBlobCompressionType(compression);
    }

    private <T extends AbstractNativeReference> T own(T reference) {
        owned.push(reference);
        return reference;
    }

    @Override
    public void close() {
        owned.forEach(AbstractNativeReference::close);
        owned.clear();
    }
}
