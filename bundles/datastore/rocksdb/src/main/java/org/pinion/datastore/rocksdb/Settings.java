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

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/**
 * Bounds of the store. The section may carry the keys of any of the reference's engines: those are not ours and are
 * passed over.
 *
 * @param cacheBytes memory for blocks that were read
 * @param writeBufferBytes memory for rows that are not in a file yet, all spaces together
 * @param maxOpenFiles table files held open
 */
record Settings(long cacheBytes, long writeBufferBytes, int maxOpenFiles) {
    /** 32 MB cache, 48 MB of write buffers, 256 files. */
    static final Settings DEFAULT = new Settings(32L << 20, 48L << 20, 256);

    private static final long MIN_BYTES = 1L << 20;
    private static final long MAX_BYTES = 1L << 40;

    Settings {
        check("cache_bytes", cacheBytes, MIN_BYTES, MAX_BYTES);
        check("write_buffer_bytes", writeBufferBytes, MIN_BYTES, MAX_BYTES);
        check("max_open_files", maxOpenFiles, 16, 1_000_000);
    }

    /** Reads {@code cache_bytes}, {@code write_buffer_bytes} and {@code max_open_files}, also with dots. */
    static Settings of(Map<String, ?> properties) {
        return new Settings(
                number(properties, "cache_bytes", DEFAULT.cacheBytes),
                number(properties, "write_buffer_bytes", DEFAULT.writeBufferBytes),
                (int) number(properties, "max_open_files", DEFAULT.maxOpenFiles));
    }

    private static long number(Map<String, ?> properties, String key, long fallback) {
        Object value = properties.containsKey(key) ? properties.get(key) : properties.get(key.replace('_', '.'));
        if (value == null) {
            return fallback;
        }
        if (value instanceof Number number) {
            return number.longValue();
        }
        try {
            return Long.parseLong(value.toString().trim());
        } catch (NumberFormatException e) {
            throw bad(key, value, "is no number");
        }
    }

    private static void check(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw bad(key, value, "must be from " + min + " to " + max);
        }
    }

    private static ClusterException bad(String key, @Nullable Object value, String reason) {
        return new ClusterException(ErrorCode.BAD_REQUEST, "datastore.rocksdb." + key + ": " + value + " " + reason);
    }
}
