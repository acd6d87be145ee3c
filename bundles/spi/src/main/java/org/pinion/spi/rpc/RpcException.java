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
package org.pinion.spi.rpc;

import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** A call to another peer failed. */
public final class RpcException extends ClusterException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** Where it failed. */
    public enum Kind {
        /** The method itself answered with an error. */
        METHOD,
        /** The peer does not know the method or could not read the argument. */
        SERVER,
        /** The call did not get through: no connection, time out, broken stream. */
        CLIENT,
        /** The peer does not let us. */
        AUTHORIZATION
    }

    /** A failed call. */
    public RpcException(Kind kind, String message) {
        super(kind == Kind.CLIENT ? ErrorCode.TIMEOUT : ErrorCode.INTERNAL, message);
        this.kind = kind;
    }

    /** Where it failed. */
    public Kind kind() {
        return kind;
    }
}
