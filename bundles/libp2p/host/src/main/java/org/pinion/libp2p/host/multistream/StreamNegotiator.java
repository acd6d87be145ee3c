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
package org.pinion.libp2p.host.multistream;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.yamux.YamuxStream;

/** Agrees on the protocol of one stream. On the event loop of the connection. */
public final class StreamNegotiator {
    /** Refused proposals before a stream is given up. */
    private static final int MAX_REFUSALS = 32;

    private final YamuxStream raw;
    private final Connection connection;
    private final TokenReader tokens = new TokenReader();
    private final CompletableFuture<Stream> result = new CompletableFuture<>();

    private StreamNegotiator(YamuxStream raw, Connection connection) {
        this.raw = raw;
        this.connection = connection;
    }

    /** A stream that proposes a protocol that the peer is known to serve, without waiting for the answer. */
    public static Stream lazy(YamuxStream raw, Connection connection, String protocol) {
        return NegotiatedStream.lazy(raw, connection, protocol);
    }

    /** Proposes protocols in order. Fails with PROTOCOL_NOT_SUPPORTED; the stream is reset then. */
    public static CompletableFuture<Stream> propose(YamuxStream raw, Connection connection, List<String> protocols) {
        StreamNegotiator negotiator = new StreamNegotiator(raw, connection);
        negotiator.send(Tokens.HEADER, protocols.get(0));
        negotiator.readAnswers(protocols, 0);
        return negotiator.result;
    }

    /** Serves proposals until one is accepted. Fails and resets the stream otherwise. */
    public static CompletableFuture<Stream> accept(YamuxStream raw, Connection connection, Predicate<String> served) {
        StreamNegotiator negotiator = new StreamNegotiator(raw, connection);
        negotiator.readProposals(served, 0);
        return negotiator.result;
    }

    private interface OnData {
        /** Takes received bytes; true if the negotiation is over. */
        boolean accept(ByteBuffer in);
    }

    private void read(OnData next) {
        raw.read().whenComplete((Optional<ByteBuffer> data, Throwable error) -> {
            if (error != null) {
                result.completeExceptionally(error);
            } else if (data.isEmpty()) {
                fail(Reason.PROTOCOL_NOT_SUPPORTED, "ended the stream while agreeing on a protocol");
            } else {
                try {
                    if (!next.accept(data.get())) {
                        read(next);
                    }
                } catch (ProtocolException e) {
                    fail(Reason.PROTOCOL_VIOLATION, e.getMessage() == null ? "broke multistream" : e.getMessage());
                }
            }
        });
    }

    private void readAnswers(List<String> protocols, int first) {
        int[] tried = {first};
        read(in -> {
            while (in.hasRemaining()) {
                String token = tokens.feed(in.get());
                if (token == null || token.equals(Tokens.HEADER)) {
                    continue;
                }
                if (token.equals(protocols.get(tried[0]))) {
                    result.complete(NegotiatedStream.agreed(raw, connection, token, in));
                    return true;
                }
                if (!token.equals(Tokens.NOT_AVAILABLE) || ++tried[0] == protocols.size()) {
                    fail(Reason.PROTOCOL_NOT_SUPPORTED, "serves none of " + protocols);
                    return true;
                }
                send(protocols.get(tried[0]));
            }
            return false;
        });
    }

    private void readProposals(Predicate<String> served, int first) {
        int[] refused = {first};
        read(in -> {
            // header and answer leave together when they were asked for together
            List<String> answers = new ArrayList<>(2);
            while (in.hasRemaining()) {
                String token = tokens.feed(in.get());
                if (token == null) {
                    continue;
                }
                if (token.equals(Tokens.HEADER)) {
                    answers.add(token);
                } else if (served.test(token)) {
                    answers.add(token);
                    send(answers.toArray(String[]::new));
                    result.complete(NegotiatedStream.agreed(raw, connection, token, in));
                    return true;
                } else if (++refused[0] > MAX_REFUSALS) {
                    fail(Reason.PROTOCOL_NOT_SUPPORTED, "proposed more than " + MAX_REFUSALS + " unknown protocols");
                    return true;
                } else {
                    answers.add(Tokens.NOT_AVAILABLE);
                }
            }
            if (!answers.isEmpty()) {
                send(answers.toArray(String[]::new));
            }
            return false;
        });
    }

    private void send(String... answers) {
        CompletableFuture<Void> written = raw.write(ByteBuffer.wrap(Tokens.encode(answers)));
        written.exceptionally(error -> {
            result.completeExceptionally(error);
            return null;
        });
    }

    private void fail(Reason reason, String message) {
        raw.reset(Stream.RESET_NEGOTIATION_FAILED);
        result.completeExceptionally(new NetworkException(reason, connection.remotePeer() + " " + message));
    }
}
