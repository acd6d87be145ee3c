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
package org.pinion.spi;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The one exception family of all components. The message names the thing, the value and the limit. */
public class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /** An error that this code found itself. */
    public ClusterException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    /** An error that another one caused. */
    public ClusterException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Names the thing, the value and the limit; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** What kind of failure this is. */
    public ErrorCode code() {
        return code;
    }

    /**
     * The cluster's view of any failure: futures' wrappers are taken off, a {@code ClusterException} is returned as it
     * is, everything else becomes {@link ErrorCode#INTERNAL} with the text of its cause.
     */
    public static ClusterException of(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ClusterException known) {
            return known;
        }
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        ErrorCode code = cause instanceof IllegalArgumentException ? ErrorCode.BAD_REQUEST : ErrorCode.INTERNAL;
        return new ClusterException(code, text, cause);
    }
}
