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

/**
 * A method of another peer's component.
 *
 * @param service the reference's service name, for example {@code PinTracker}
 * @param name the reference's method name, for example {@code StatusAll}
 * @param argument class of the argument; {@code Void} = none
 * @param result class of the result; {@code Void} = none
 * @param access who may call it
 * @param streaming whether arguments and results are streams
 * @param <A> the argument
 * @param <R> the result
 */
public record RpcMethod<A, R>(
        String service, String name, Class<A> argument, Class<R> result, Access access, boolean streaming) {
    /** Who may call a method over the network. */
    public enum Access {
        /** Every peer. */
        OPEN,
        /** Peers that the consensus trusts. */
        TRUSTED,
        /** Nobody. */
        CLOSED
    }

    /** {@code Service.Method}. */
    @Override
    public String toString() {
        return service + "." + name;
    }
}
