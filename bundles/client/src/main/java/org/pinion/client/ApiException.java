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
package org.pinion.client;

/** An API answered with an error, or could not be reached. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    /**
     * An error.
     *
     * @param code the HTTP status, 500 for an error at the end of a stream, 0 when there was no usable answer
     */
    public ApiException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** No usable answer, code 0. */
    public ApiException(String message, Throwable cause) {
        super(message, cause);
        this.code = 0;
    }

    /** The HTTP status; 0 = no usable answer. */
    public int code() {
        return code;
    }
}
