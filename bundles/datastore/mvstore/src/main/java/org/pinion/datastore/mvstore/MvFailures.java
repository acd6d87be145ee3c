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

import java.nio.file.Path;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** The cluster's view of what MVStore throws. */
final class MvFailures {
    private MvFailures() {}

    /** A failure of {@code what} on the open store in {@code file}. */
    static ClusterException of(String what, Path file, RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains("No space left")) {
                return storage("the disk of " + file + " is full: make room, then start the datastore again", failure);
            }
        }
        return storage(what + " the datastore in " + file + " failed: " + text(failure), failure);
    }

    /** A failure to open the store in {@code file}. */
    static ClusterException opening(Path file, RuntimeException failure) {
        int code = failure instanceof MVStoreException known ? known.getErrorCode() : 0;
        return switch (code) {
            case DataUtils.ERROR_FILE_LOCKED ->
                storage("the datastore in " + file + " is in use by another process, or twice by this one", failure);
            case DataUtils.ERROR_FILE_CORRUPT, DataUtils.ERROR_UNSUPPORTED_FORMAT, DataUtils.ERROR_CHUNK_NOT_FOUND ->
                storage(
                        "the datastore in " + file + " is damaged (" + text(failure)
                                + "); put back a copy of the file, or move it away to start empty",
                        failure);
            default -> of("opening", file, failure);
        };
    }

    private static String text(RuntimeException failure) {
        return failure.getCause() == null
                ? String.valueOf(failure.getMessage())
                : failure.getMessage() + ": " + failure.getCause().getMessage();
    }

    private static ClusterException storage(String message, RuntimeException cause) {
        return new ClusterException(ErrorCode.STORAGE, message, cause);
    }
}
