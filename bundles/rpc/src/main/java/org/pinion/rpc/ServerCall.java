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
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamInput;
import org.pinion.libp2p.api.StreamOutput;
import org.pinion.rpc.Frames.ServiceId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.consensus.TrustPolicy;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.RpcException.Kind;
import org.pinion.spi.rpc.RpcMethod;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of another peer, from request to answer. Blocks; runs on a worker. */
final class ServerCall implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.rpc");
    /** How long the caller may be silent while we need something of it. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private final Stream stream;
    private final ServerMethods methods;
    private final @Nullable TrustPolicy trust;
    private final MsgIn in;
    private final MsgOut out;

    ServerCall(Stream stream, ServerMethods methods, @Nullable TrustPolicy trust) {
        this.stream = stream;
        this.methods = methods;
        this.trust = trust;
        in = new MsgIn(new StreamInput(stream, SILENCE));
        out = MsgOut.to(new StreamOutput(stream, SILENCE));
    }

    @Override
    public void run() {
        try {
            answer();
            out.flush();
            stream.closeWrite();
            stream.close();
        } catch (ProtocolException broken) {
            LOG.info("call of {} broke the protocol: {}", stream.remotePeer(), broken.getMessage());
            stream.reset(Stream.RESET_PROTOCOL_VIOLATION);
        } catch (InterruptedIOException closing) {
            stream.reset(Stream.RESET_NONE);
        } catch (IOException gone) {
            LOG.debug("call of {} ended: {}", stream.remotePeer(), gone.getMessage());
            stream.reset(Stream.RESET_NONE);
        } catch (RuntimeException bug) {
            LOG.error("call of {} failed", stream.remotePeer(), bug);
            stream.reset(Stream.RESET_NONE);
        }
    }

    private void answer() throws IOException {
        ServiceId id;
        try {
            id = Frames.readServiceId(in);
        } catch (ProtocolException tooLarge) {
            throw tooLarge;
        } catch (IllegalArgumentException garbage) {
            refuse(new ServiceId("", ""), "error reading service ID: " + garbage.getMessage(), Kind.SERVER);
            return;
        }
        ServerMethods.Unary<?, ?> unary = methods.unary(id);
        ServerMethods.Streaming<?, ?> streaming = methods.streaming(id);
        if (unary != null) {
            if (allowed(unary.method())) {
                answer(id, unary);
            } else {
                refuseAccess(id);
            }
        } else if (streaming != null) {
            if (allowed(streaming.method())) {
                answer(id, streaming);
            } else {
                refuseAccess(id);
            }
        } else if (methods.isClosed(id)) {
            refuseAccess(id);
        } else if (methods.isService(id.service())) {
            refuse(id, "rpc: can't find method " + id.method(), Kind.SERVER);
        } else {
            refuse(id, "rpc: can't find service " + id.service(), Kind.SERVER);
        }
    }

    private <A, R> void answer(ServiceId id, ServerMethods.Unary<A, R> unary) throws IOException {
        A argument;
        try {
            argument = argument(unary.method());
        } catch (ProtocolException tooLarge) {
            throw tooLarge;
        } catch (IllegalArgumentException unreadable) {
            refuse(id, String.valueOf(unreadable.getMessage()), Kind.SERVER);
            return;
        }
        R result;
        try {
            result = ServerMethods.wait(unary.body().apply(argument));
        } catch (RuntimeException failed) {
            Frames.writeError(out, id, ClusterException.of(failed).getMessage(), Kind.METHOD);
            zero(unary.method().result());
            return;
        }
        Frames.writeSuccess(out, id);
        write(unary.method().result(), result);
    }

    private <A, R> void answer(ServiceId id, ServerMethods.Streaming<A, R> streaming) throws IOException {
        RpcMethod<A, R> method = streaming.method();
        try (Cursor<A> arguments = new Arguments<>(method);
                Cursor<R> results = streaming.body().apply(arguments)) {
            R result = results.next();
            while (result != null) {
                Frames.writeSuccess(out, id);
                write(method.result(), result);
                result = results.next();
            }
        } catch (ProtocolException tooLarge) {
            throw tooLarge;
        } catch (RuntimeException failed) {
            Frames.writeError(out, id, ClusterException.of(failed).getMessage(), Kind.METHOD);
            out.nil();
        }
    }

    /** The argument; {@code Void} methods get an empty map or nil, which is passed over. */
    @SuppressWarnings("NullAway") // Void has no other value
    private <A> A argument(RpcMethod<A, ?> method) throws IOException {
        if (method.argument() == Void.class) {
            in.skip();
            return null;
        }
        return Codecs.of(method.argument()).read(in);
    }

    private <R> void write(Class<R> type, R value) throws IOException {
        if (type == Void.class) {
            out.emptyMap();
        } else {
            Codecs.of(type).write(out, value);
        }
    }

    private void zero(Class<?> type) throws IOException {
        if (type == Void.class) {
            out.emptyMap();
        } else {
            Codecs.of(type).writeZero(out);
        }
    }

    private boolean allowed(RpcMethod<?, ?> method) {
        PeerId caller = stream.remotePeer();
        return switch (method.access()) {
            case OPEN -> true;
            case TRUSTED -> trust != null && trust.isTrusted(caller);
            case CLOSED -> false;
        };
    }

    private void refuseAccess(ServiceId id) throws IOException {
        refuse(id, "client does not have permissions to call " + id, Kind.AUTHORIZATION);
    }

    private void refuse(ServiceId id, String error, Kind kind) throws IOException {
        Frames.writeError(out, id, error, kind);
        out.nil();
    }

    /** The caller's arguments, read as they are pulled. */
    private final class Arguments<A> implements Cursor<A> {
        private final RpcMethod<A, ?> method;

        Arguments(RpcMethod<A, ?> method) {
            this.method = method;
        }

        @Override
        public @Nullable A next() {
            try {
                return method.argument() == Void.class || in.atEnd()
                        ? null
                        : Codecs.of(method.argument()).read(in);
            } catch (IOException gone) {
                throw new ClusterException(
                        ErrorCode.TIMEOUT, "arguments of " + method + ": " + gone.getMessage(), gone);
            }
        }

        @Override
        public void close() {}
    }
}
