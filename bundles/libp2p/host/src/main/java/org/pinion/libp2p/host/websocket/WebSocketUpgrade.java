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
package org.pinion.libp2p.host.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.ProtocolException;

/**
 * Opens a WebSocket on a connected socket, then puts {@link WebSocketFrames} in its place. Sub-protocols and extensions
 * are neither offered nor accepted; every path is served.
 *
 * @spec RFC 6455, section 4
 */
public final class WebSocketUpgrade extends ByteToMessageDecoder {
    /** Hears the end of the upgrade; called on the event loop. */
    public interface Outcome {
        /** Handlers added behind {@code ctx} see the carried bytes. */
        void opened(ChannelHandlerContext ctx);

        /** The other side speaks no WebSocket. */
        void failed(NetworkException error);
    }

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private final boolean client;
    private final String authority;
    private final SecureRandom random;
    private final Outcome outcome;
    private final HttpHead.Reader reader = new HttpHead.Reader();
    private String key = "";
    private boolean done;

    private WebSocketUpgrade(boolean client, String authority, SecureRandom random, Outcome outcome) {
        this.client = client;
        this.authority = authority;
        this.random = random;
        this.outcome = outcome;
    }

    /** Asks for a WebSocket; {@code authority} is host and port for the request. */
    public static WebSocketUpgrade client(String authority, SecureRandom random, Outcome outcome) {
        return new WebSocketUpgrade(true, authority, random, outcome);
    }

    /** Answers a request for a WebSocket. */
    public static WebSocketUpgrade server(SecureRandom random, Outcome outcome) {
        return new WebSocketUpgrade(false, "", random, outcome);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (!client) {
            return;
        }
        byte[] nonce = new byte[KEY_BYTES];
        random.nextBytes(nonce);
        key = Base64.getEncoder().encodeToString(nonce);
        send(
                ctx,
                "GET / HTTP/1.1",
                "Host: " + authority,
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: " + key,
                "Sec-WebSocket-Version: 13");
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            while (!done && in.isReadable()) {
                HttpHead head = reader.feed(in.readByte());
                if (head != null) {
                    onHead(ctx, head);
                }
            }
        } catch (ProtocolException e) {
            in.skipBytes(in.readableBytes());
            fail(String.valueOf(e.getMessage()));
        }
    }

    private void onHead(ChannelHandlerContext ctx, HttpHead head) {
        boolean upgrade = head.has("upgrade", "websocket") && head.has("connection", "upgrade");
        if (client) {
            onAnswer(ctx, head, upgrade);
        } else {
            onRequest(ctx, head, upgrade);
        }
    }

    private void onAnswer(ChannelHandlerContext ctx, HttpHead head, boolean upgrade) {
        if (!head.firstLine().startsWith("HTTP/1.1 101")) {
            fail("the answer was " + limited(head.firstLine()));
        } else if (!upgrade || !accept(key).equals(head.headers().get("sec-websocket-accept"))) {
            fail("the answer accepts no WebSocket");
        } else if (head.headers().containsKey("sec-websocket-extensions")) {
            fail("the answer has an extension that was not asked for");
        } else {
            finish(ctx);
        }
    }

    private void onRequest(ChannelHandlerContext ctx, HttpHead head, boolean upgrade) {
        String theirs = head.headers().getOrDefault("sec-websocket-key", "");
        boolean good = head.firstLine().startsWith("GET /")
                && head.firstLine().endsWith(" HTTP/1.1")
                && upgrade
                && !theirs.isEmpty()
                && head.has("sec-websocket-version", "13");
        if (!good) {
            send(ctx, "HTTP/1.1 400 Bad Request", "Sec-WebSocket-Version: 13", "Connection: close");
            fail("not a WebSocket request: " + limited(head.firstLine()));
            return;
        }
        send(
                ctx,
                "HTTP/1.1 101 Switching Protocols",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Accept: " + accept(theirs));
        finish(ctx);
    }

    private static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-1", e);
        }
    }

    private void finish(ChannelHandlerContext ctx) {
        done = true;
        String frames = ctx.name() + "-frames";
        ctx.pipeline().addAfter(ctx.name(), frames, new WebSocketFrames(client, random));
        outcome.opened(ctx.pipeline().context(frames));
        ctx.pipeline().remove(this);
    }

    private void fail(String why) {
        done = true;
        outcome.failed(new NetworkException(Reason.HANDSHAKE_FAILED, "websocket: " + why));
    }

    private static String limited(String line) {
        String printable = line.replaceAll("[^ -~]", "?");
        return printable.length() > 80 ? printable.substring(0, 80) : printable;
    }

    private static void send(ChannelHandlerContext ctx, String... lines) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(HttpHead.encode(lines)));
    }
}
