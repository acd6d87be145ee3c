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

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** The cluster's view of what RocksDB throws. */
final class RocksFailures {
    private RocksFailures() {}

    /** A failure of {@code what} on the open store in {@code folder}. */
    static ClusterException of(String what, Path folder, RocksDBException failure) {
        Status status = failure.getStatus();
        if (status != null && status.getSubCode() == Status.SubCode.NoSpace || mentions(failure, "No space left")) {
            return storage("the disk of " + folder + " is full: make room and try again", failure);
        }
        return storage(what + " the datastore in " + folder + " failed: " + failure.getMessage(), failure);
    }

    /** A failure to open the store in {@code folder}. */
    static ClusterException opening(Path folder, RocksDBException failure) {
        if (mentions(failure, "/LOCK:") || mentions(failure, "lock hold by")) {
            return storage(
                    "the datastore in " + folder + " is in use by another process, or twice by this one", failure);
        }
        Status status = failure.getStatus();
        if (status != null && status.getCode() == Status.Code.Corruption) {
            return storage(
                    "the datastore in " + folder + " is damaged (" + failure.getMessage()
                            + "); put back a copy of the folder, or move it away to start empty",
                    failure);
        }
        return of("opening", folder, failure);
    }

    private static boolean mentions(RocksDBException failure, String text) {
        @Nullable String message = failure.getMessage();
        return message != null && message.contains(text);
    }

    private static ClusterException storage(String message, RocksDBException cause) {
        return new ClusterException(ErrorCode.STORAGE, message, cause);
    }
}
