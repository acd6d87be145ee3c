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
package org.pinion.libp2p.host.swarm;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.api.Stream;

/**
 * Makes a stream of one connection the socket of another one. Lives on the event loop of the connection that carries
 * it. One write is under way at a time and counts as unsent until it is done, so back pressure reaches the upper side.
 */
final class StreamChannel extends AbstractChannel {
    /** The address of one end. */
    static final class Address extends SocketAddress {
        private static final long serialVersionUID = 1L;

        private final transient Multiaddr multiaddr;

        Address(Multiaddr multiaddr) {
            this.multiaddr = multiaddr;
        }

        Multiaddr multiaddr() {
            return multiaddr;
        }

        @Override
        public String toString() {
            return multiaddr.toString();
        }
    }

    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final Multiaddr CIRCUIT = Multiaddr.parse("/p2p-circuit");

    private final DefaultChannelConfig config = new DefaultChannelConfig(this);
    private final Stream stream;
    private final boolean limited;
    private @Nullable ByteBuffer leftover;
    private boolean open = true;
    private boolean reading;
    private boolean writing;

    StreamChannel(Circuit circuit) {
        super(null);
        this.stream = circuit.stream();
        this.limited = circuit.limited();
        this.leftover = circuit.leftover().hasRemaining() ? circuit.leftover() : null;
        config.setAutoRead(false);
        config.setWriteBufferWaterMark(Dials.WATER_MARK);
    }

    /** True if the relay bounds time or bytes. */
    boolean limited() {
        return limited;
    }

    /** The address of the peer: that of the relay, and that it is one. */
    Multiaddr remote() {
        return stream.connection()
                .remoteAddress()
                .withPeerId(stream.remotePeer())
                .append(CIRCUIT);
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new StreamUnsafe();
    }

    private final class StreamUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("a circuit is connected from the start"));
        }

        private void goOn() {
            flush0();
        }
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return new Address(stream.connection().localAddress());
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return new Address(remote());
    }

    @Override
    protected void doBind(SocketAddress local) {
        throw new UnsupportedOperationException("a circuit cannot be bound");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        if (open) {
            open = false;
            stream.close();
        }
    }

    @Override
    protected void doBeginRead() {
        if (reading || !open) {
            return;
        }
        reading = true;
        ByteBuffer first = leftover;
        if (first != null) {
            leftover = null;
            later(() -> onRead(Optional.of(first), null));
            return;
        }
        // later, as bytes that wait already would make the stack deep
        stream.read().whenComplete((data, error) -> later(() -> onRead(data, error)));
    }

    private void onRead(@Nullable Optional<ByteBuffer> data, @Nullable Throwable error) {
        reading = false;
        if (!open) {
            return;
        }
        if (error != null || data == null || data.isEmpty()) {
            unsafe().close(voidPromise());
            return;
        }
        pipeline().fireChannelRead(Unpooled.wrappedBuffer(data.get()));
        pipeline().fireChannelReadComplete();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) {
        while (!writing) {
            ByteBuf message = (ByteBuf) out.current();
            if (message == null) {
                return;
            }
            if (!message.isReadable()) {
                out.remove();
                continue;
            }
            writing = true;
            ByteBuffer copy = ByteBuffer.allocate(message.readableBytes());
            message.getBytes(message.readerIndex(), copy);
            stream.write(copy.flip()).whenComplete((done, error) -> later(() -> onWritten(error)));
        }
    }

    private void onWritten(@Nullable Throwable error) {
        writing = false;
        ChannelOutboundBuffer out = unsafe().outboundBuffer();
        if (error != null) {
            // not through the handlers: what they still want to say can go nowhere
            unsafe().close(voidPromise());
        } else if (out != null && unsafe() instanceof StreamUnsafe unsafe) {
            out.remove();
            unsafe.goOn();
        }
    }

    private void later(Runnable task) {
        try {
            eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            // the loop has ended, and with it the connection that carries this one
            open = false;
        }
    }
}
