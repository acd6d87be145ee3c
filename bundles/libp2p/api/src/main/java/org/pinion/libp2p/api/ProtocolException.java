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
package org.pinion.libp2p.api;

import java.util.Objects;

/** A remote peer broke a protocol or a limit; says what to close. Thrown by codecs, never our own fault. */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What has to be closed. */
    public enum Action {
        /** Reset the stream the message came on. */
        RESET_STREAM,
        /** Close the whole connection. */
        CLOSE_CONNECTION
    }

    private final Action action;

    private ProtocolException(Action action, String message) {
        super(Objects.requireNonNull(message));
        this.action = action;
    }

    /** The stream must be reset. */
    public static ProtocolException resetStream(String message) {
        return new ProtocolException(Action.RESET_STREAM, message);
    }

    /** The connection must be closed. */
    public static ProtocolException closeConnection(String message) {
        return new ProtocolException(Action.CLOSE_CONNECTION, message);
    }

    /** What has to be closed. */
    public Action action() {
        return action;
    }
}
