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
package org.pinion.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** A unix socket. The JDK's know no timeouts, so reads and writes wait on selectors. */
final class UnixChannel implements Transport.Channel {
    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;
    private volatile long timeoutMillis;

    UnixChannel(String path) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        readable = Selector.open();
        writable = Selector.open();
        channel.configureBlocking(false);
        channel.register(readable, SelectionKey.OP_READ);
        channel.register(writable, SelectionKey.OP_WRITE);
    }

    @Override
    public String host() {
        return "localhost";
    }

    private static int select(Selector selector, long millis) throws IOException {
        try {
            int ready = selector.select(millis);
            selector.selectedKeys().clear();
            return ready;
        } catch (ClosedSelectorException e) {
            throw new AsynchronousCloseException();
        }
    }

    @Override
    public InputStream in() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                ByteBuffer into = ByteBuffer.wrap(target, offset, length);
                int size = channel.read(into);
                while (size == 0 && length > 0) {
                    if (select(readable, timeoutMillis) == 0 && timeoutMillis > 0) {
                        throw new SocketTimeoutException("Read timed out");
                    }
                    size = channel.read(into);
                }
                return size;
            }
        };
    }

    @Override
    public OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                ByteBuffer from = ByteBuffer.wrap(source, offset, length);
                while (from.hasRemaining()) {
                    if (channel.write(from) == 0) {
                        select(writable, 0);
                    }
                }
            }
        };
    }

    @Override
    public void readTimeout(Duration timeout) {
        timeoutMillis = timeout.isZero() ? 0 : Math.max(1, timeout.toMillis());
    }

    @Override
    public void close() {
        try {
            channel.close();
            readable.close();
            writable.close();
        } catch (IOException e) {
            return; // nothing is lost: the connection is given up
        }
    }
}
