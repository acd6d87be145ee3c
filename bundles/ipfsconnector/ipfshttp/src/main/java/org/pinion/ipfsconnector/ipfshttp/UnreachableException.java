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
package org.pinion.ipfsconnector.ipfshttp;

import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** The node cannot be reached, or broke a call off: the same call may work a little later. */
final class UnreachableException extends ClusterException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String text, Throwable cause) {
        super(ErrorCode.UNAVAILABLE, text, cause);
    }

    UnreachableException(String text) {
        super(ErrorCode.UNAVAILABLE, text);
    }
}
