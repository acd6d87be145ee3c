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

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** What the node wants to see before it lets a client in; written as Kubo's {@code API.Authorizations} writes it. */
final class Authorization {
    private static final String BASIC = "basic:";
    private static final String BEARER = "bearer:";

    private Authorization() {}

    /**
     * The header for a value {@code basic:user:password} or {@code bearer:token}; nothing for an empty one.
     *
     * @throws IllegalArgumentException if it is neither; the message does not show it
     */
    static Optional<String> header(String value) {
        if (value.isEmpty()) {
            return Optional.empty();
        }
        boolean clean = value.chars().noneMatch(c -> c < ' ' || c == 0x7f);
        if (clean && value.startsWith(BASIC) && value.indexOf(':', BASIC.length()) > BASIC.length()) {
            byte[] pair = value.substring(BASIC.length()).getBytes(StandardCharsets.UTF_8);
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
        }
        if (clean && value.startsWith(BEARER) && value.length() > BEARER.length()) {
            return Optional.of("Bearer " + value.substring(BEARER.length()));
        }
        throw new IllegalArgumentException("ipfshttp.node_authorization: (hidden) is neither basic:<user>:<password>"
                + " nor bearer:<token>, as in API.Authorizations of Kubo");
    }
}
