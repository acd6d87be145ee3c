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
package org.pinion.rpc;

import java.io.IOException;
import java.util.List;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.RpcMethod;

/**
 * The maps before arguments and results.
 *
 * <pre>
 * request:  { Name, Method } argument
 * response: { [Service { Name, Method }], [Error], [ErrType] } result
 * </pre>
 *
 * @spec cluster wire "Framing"
 */
final class Frames {
    /** Longest name of a service or method; longer ones are a fault of the caller, not an unknown name. */
    private static final int MAX_NAME_BYTES = 256;

    private static final List<String> SERVICE_FIELDS = List.of("Name", "Method");
    private static final List<String> RESPONSE_FIELDS = List.of("Service", "Error", "ErrType");

    private Frames() {}

    /**
     * What is called.
     *
     * @param service the service's name
     * @param method the method's name
     */
    record ServiceId(String service, String method) {
        static ServiceId of(RpcMethod<?, ?> method) {
            return new ServiceId(method.service(), method.name());
        }

        @Override
        public String toString() {
            return service + "." + method;
        }
    }

    /**
     * The head of an answer.
     *
     * @param error the error's text; empty = success
     * @param errorType see {@link #kind}
     */
    record Response(String error, int errorType) {
        boolean failed() {
            return !error.isEmpty();
        }

        RpcException exception() {
            return new RpcException(kind(errorType), error);
        }
    }

    static void writeServiceId(MsgOut out, ServiceId id) throws IOException {
        out.fields()
                .alwaysText("Name", id.service())
                .alwaysText("Method", id.method())
                .end();
    }

    static ServiceId readServiceId(MsgIn in) throws IOException {
        String[] names = {"", ""};
        in.fields(SERVICE_FIELDS, name -> {
            switch (name) {
                case "Name" -> names[0] = in.text(MAX_NAME_BYTES);
                case "Method" -> names[1] = in.text(MAX_NAME_BYTES);
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new ServiceId(names[0], names[1]);
    }

    static void writeSuccess(MsgOut out, ServiceId id) throws IOException {
        out.fields().value("Service", id, Frames::writeServiceId).end();
    }

    static void writeError(MsgOut out, ServiceId id, String error, RpcException.Kind kind) throws IOException {
        out.fields()
                .value("Service", id, Frames::writeServiceId)
                .alwaysText("Error", error.isEmpty() ? "unknown error" : error)
                .signed("ErrType", number(kind))
                .end();
    }

    static Response readResponse(MsgIn in) throws IOException {
        String[] error = {""};
        int[] type = {0};
        in.fields(RESPONSE_FIELDS, name -> {
            switch (name) {
                case "Error" -> error[0] = in.text();
                case "ErrType" -> type[0] = in.smallInteger();
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new Response(error[0], type[0]);
    }

    private static int number(RpcException.Kind kind) {
        return switch (kind) {
            case METHOD -> 0;
            case SERVER -> 1;
            case CLIENT -> 2;
            case AUTHORIZATION -> 3;
        };
    }

    private static RpcException.Kind kind(int errorType) {
        return switch (errorType) {
            case 1 -> RpcException.Kind.SERVER;
            case 2 -> RpcException.Kind.CLIENT;
            case 3 -> RpcException.Kind.AUTHORIZATION;
            default -> RpcException.Kind.METHOD;
        };
    }
}
