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
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Offenders;
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
    /** How long the caller may take to say what it wants. */
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(15);
    /** How long it may be silent between the arguments of a stream: somebody may be adding over a slow line. */
    private static final Duration ARGUMENT_LIMIT = Duration.ofMinutes(10);
    /** How long it may leave an answer unread. */
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);

    private final Stream stream;
    private final ServerMethods methods;
    private final @Nullable TrustPolicy trust;
    private final Offenders offenders;
    private final StreamInput input;
    private final MsgIn in;
    private final MsgOut out;

    ServerCall(Stream stream, ServerMethods methods, @Nullable TrustPolicy trust, Offenders offenders) {
        this.stream = stream;
        this.methods = methods;
        this.trust = trust;
        this.offenders = offenders;
        input = new StreamInput(stream, REQUEST_LIMIT);
        in = new MsgIn(input);
        out = MsgOut.to(new StreamOutput(stream, ANSWER_LIMIT));
    }

    @Override
    public void run() {
        try {
            answer();
            out.flush();
            stream.closeWrite();
            stream.close();
        } catch (ProtocolException broken) {
            report(broken);
            stream.reset(Stream.RESET_PROTOCOL_VIOLATION);
        } catch (InterruptedIOException closing) {
            stream.reset(Stream.RESET_NONE);
        } catch (NetworkException slow) {
            if (slow.reason() == NetworkException.Reason.TIMEOUT) {
                report(slow);
            } else {
                LOG.debug("call of {} ended: {}", stream.remotePeer(), slow.getMessage());
            }
            stream.reset(Stream.RESET_NONE);
        } catch (IOException gone) {
            LOG.debug("call of {} ended: {}", stream.remotePeer(), gone.getMessage());
            stream.reset(Stream.RESET_NONE);
        } catch (RuntimeException bug) {
            LOG.error("call of {} failed", stream.remotePeer(), bug);
            stream.reset(Stream.RESET_NONE);
        }
    }

    private void report(Exception fault) {
        PeerId caller = stream.remotePeer();
        if (offenders.isNew(caller)) {
            LOG.warn("calls of {} break the rules and are reset; this is logged once: {}", caller, fault.getMessage());
        } else {
            LOG.debug("call of {} broke the rules: {}", caller, fault.getMessage());
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
        CallWatch watch = new CallWatch(stream);
        try {
            result = ServerMethods.wait(unary.body().apply(argument));
        } catch (RuntimeException failed) {
            watch.close();
            Frames.writeError(out, id, ClusterException.of(failed).getMessage(), Kind.METHOD);
            zero(unary.method().result());
            return;
        } finally {
            watch.close();
        }
        Frames.writeSuccess(out, id);
        write(unary.method().result(), result);
    }

    private <A, R> void answer(ServiceId id, ServerMethods.Streaming<A, R> streaming) throws IOException {
        RpcMethod<A, R> method = streaming.method();
        input.setTimeout(ARGUMENT_LIMIT);
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
            in.nothing();
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
