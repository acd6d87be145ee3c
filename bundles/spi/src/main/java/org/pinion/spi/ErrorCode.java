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

/** Kinds of failure; decides the HTTP status and whether the same call may succeed later. */
public enum ErrorCode {
    /** The caller's input is wrong; repeating it cannot help. */
    BAD_REQUEST(400, false),
    /** Credentials are missing or wrong. */
    UNAUTHORIZED(401, false),
    /** The caller may not do this. */
    FORBIDDEN(403, false),
    /** The named thing does not exist. */
    NOT_FOUND(404, false),
    /** A configured limit was passed. */
    TOO_LARGE(413, false),
    /** The operation does not exist for this component. */
    NOT_SUPPORTED(501, false),
    /** Too few peers with fresh metrics to satisfy a replication factor; the reference answers 500. */
    NOT_ENOUGH_PEERS(500, true),
    /** A component is missing or not ready yet. */
    UNAVAILABLE(503, true),
    /** A peer or an IPFS node could not be reached in time. */
    TIMEOUT(500, true),
    /** Storage is full or broken. */
    STORAGE(500, false),
    /** Anything else that went wrong while the request was right. */
    INTERNAL(500, false);

    private final int httpStatus;
    private final boolean retryable;

    ErrorCode(int httpStatus, boolean retryable) {
        this.httpStatus = httpStatus;
        this.retryable = retryable;
    }

    /** The HTTP status that an API answers with. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Whether the same call may succeed later without a change by the caller. */
    public boolean retryable() {
        return retryable;
    }
}
