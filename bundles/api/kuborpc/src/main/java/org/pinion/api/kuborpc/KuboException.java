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
package org.pinion.api.kuborpc;

/** A command failed. The text is what the client shows, Kubo's where clients look at it; the status is 500 as Kubo's. */
final class KuboException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KuboException(String message) {
        super(message);
    }

    KuboException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The time that the client gave is over. */
    static KuboException tooLate() {
        return new KuboException("context deadline exceeded");
    }
}
