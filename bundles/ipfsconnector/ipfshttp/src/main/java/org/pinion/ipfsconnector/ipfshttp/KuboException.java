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

/** The node answered with an error. */
final class KuboException extends ClusterException {
    private static final long serialVersionUID = 1L;

    private final String kuboMessage;

    /**
     * An error with the node's own words.
     *
     * @param kuboMessage the {@code Message} of the answer, or empty
     */
    KuboException(String text, String kuboMessage) {
        super(ErrorCode.INTERNAL, text);
        this.kuboMessage = kuboMessage;
    }

    /** What the node said. */
    String kuboMessage() {
        return kuboMessage;
    }
}
