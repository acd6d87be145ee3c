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
package org.pinion.cli.service;

import org.pinion.ipld.multiformats.Multiaddr;

/** Addresses from the command line, with the reference's messages. */
final class GoText {
    private GoText() {}

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException with the reference's text, for example {@code failed to parse multiaddr "foo": must
     *     begin with /}
     */
    static Multiaddr multiaddr(String text) {
        try {
            return Multiaddr.parse(text);
        } catch (IllegalArgumentException e) {
            String reason = text.isEmpty() ? "empty multiaddr" : "must begin with /";
            if (text.startsWith("/")) {
                String ours = String.valueOf(e.getMessage());
                reason = ours.substring(Math.min(ours.length(), ours.lastIndexOf("\": ") + 3));
            }
            throw new IllegalArgumentException("failed to parse multiaddr \"" + text + "\": " + reason, e);
        }
    }
}
