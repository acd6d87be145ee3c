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
package org.pinion.libp2p.host.relay;

/** Status codes of the relay protocols. */
final class Status {
    static final int OK = 100;
    static final int CONNECTION_FAILED = 203;
    static final int MALFORMED_MESSAGE = 400;
    static final int UNEXPECTED_MESSAGE = 401;

    private Status() {}

    /** What a code means. */
    static String text(int status) {
        return switch (status) {
            case OK -> "ok";
            case 200 -> "reservation refused";
            case 201 -> "its limits are reached";
            case 202 -> "permission denied";
            case CONNECTION_FAILED -> "it cannot reach the peer";
            case 204 -> "the peer has no reservation there";
            case MALFORMED_MESSAGE -> "malformed message";
            case UNEXPECTED_MESSAGE -> "unexpected message";
            default -> "status " + status;
        };
    }
}
