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

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failure between two peers. Stages complete with it; the message names the peer or stream, and the cause. */
public class NetworkException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_CAUSES = 16;

    /** What went wrong, for decisions about trying again. */
    public enum Reason {
        /** No usable address is known. */
        NO_ADDRESS,
        /** Every address failed. */
        DIAL_FAILED,
        /** Dialing is paused after a failure, which is the cause of the exception. */
        BACK_OFF,
        /** The other side uses another network secret, or none. */
        SECRET_DIFFERS,
        /** The secure channel or the multiplexer could not be set up. */
        HANDSHAKE_FAILED,
        /** The other side is not the peer that was dialed. */
        WRONG_PEER,
        /** The peer serves none of the protocols. */
        PROTOCOL_NOT_SUPPORTED,
        /** The stream was reset, by the peer or by us. */
        RESET,
        /** The peer broke a protocol. */
        PROTOCOL_VIOLATION,
        /** A limit of ours or of the peer was reached. */
        LIMIT,
        /** An answer did not come in time. */
        TIMEOUT,
        /** The connection or the host is closed. */
        CLOSED
    }

    private final Reason reason;
    private final long resetCode;

    public NetworkException(Reason reason, String message) {
        this(reason, message, null);
    }

    public NetworkException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.resetCode = Stream.RESET_NONE;
    }

    private NetworkException(String message, long resetCode) {
        super(message);
        this.reason = Reason.RESET;
        this.resetCode = resetCode;
    }

    /** A reset stream, with the code that was sent or received. */
    public static NetworkException reset(String message, long resetCode) {
        return new NetworkException(message, resetCode);
    }

    /**
     * True if the other side uses another network secret, or none, as far as one can tell. Looks through the causes too,
     * because a pause of dialing ({@link Reason#BACK_OFF}) and the errors of protocols carry their cause along.
     */
    public static boolean isSecretDiffers(@Nullable Throwable error) {
        Throwable each = error;
        for (int depth = 0; each != null && depth < MAX_CAUSES; depth++) {
            if (each instanceof NetworkException network && network.reason == Reason.SECRET_DIFFERS) {
                return true;
            }
            each = each.getCause();
        }
        return false;
    }

    /** What went wrong. */
    public Reason reason() {
        return reason;
    }

    /** The reset code; {@link Stream#RESET_NONE} unless the reason is RESET. */
    public long resetCode() {
        return resetCode;
    }
}
