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
package org.pinion.api.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty's connector for a unix socket of the JDK; Jetty 12.1 has none of its own. */
final class UnixConnector extends AbstractConnector {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.api.server");
    private static final int MAX_WAITING = 512;

    private final Path path;
    private final SelectorManager selectors;
    private volatile @Nullable ServerSocketChannel accepting;

    UnixConnector(Server server, Path path, ConnectionFactory... factories) {
        super(server, null, null, null, 0, factories);
        this.path = path;
        this.selectors = new Selectors(getExecutor(), getScheduler());
        installBean(selectors, true);
    }

    /** Binds the socket; a file that nobody listens on is replaced. */
    void open() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        if (Files.exists(path)) {
            if (answers(address)) {
                throw new IOException("bind: address already in use; stop the program that has it");
            }
            Files.delete(path);
        }
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(address, MAX_WAITING);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        accepting = channel;
    }

    /** Closes the listener and removes its file. */
    void close() {
        ServerSocketChannel channel = accepting;
        if (channel != null) {
            accepting = null;
            IO.close(channel);
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                LOG.warn("socket={} could not be removed: {}", path, e.toString());
            }
        }
    }

    private static boolean answers(UnixDomainSocketAddress address) {
        try (SocketChannel probe = SocketChannel.open(address)) {
            return probe.isConnected();
        } catch (IOException nobody) {
            return false;
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ServerSocketChannel channel = accepting;
        if (channel != null) {
            // the selector accepts, so there is no acceptor thread
            channel.configureBlocking(false);
            selectors.acceptor(channel);
        }
    }

    @Override
    protected void accept(int acceptorId) {
        throw new IllegalStateException("there are no acceptor threads");
    }

    @Override
    public @Nullable Object getTransport() {
        return accepting;
    }

    private final class Selectors extends SelectorManager {
        Selectors(Executor executor, Scheduler scheduler) {
            super(executor, scheduler, 1);
        }

        @Override
        protected void accepted(SelectableChannel channel) throws IOException {
            channel.configureBlocking(false);
            accept(channel);
        }

        @Override
        protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
            WatchedEndPoint endPoint =
                    new WatchedEndPoint((SocketChannel) channel, selector, key, getScheduler(), getExecutor());
            endPoint.setIdleTimeout(getIdleTimeout());
            return endPoint;
        }

        @Override
        public Connection newConnection(SelectableChannel channel, EndPoint endPoint, Object attachment) {
            return getDefaultConnectionFactory().newConnection(UnixConnector.this, endPoint);
        }

        @Override
        protected void endPointOpened(EndPoint endPoint) {
            super.endPointOpened(endPoint);
            onEndPointOpened(endPoint);
        }

        @Override
        protected void endPointClosed(EndPoint endPoint) {
            onEndPointClosed(endPoint);
            super.endPointClosed(endPoint);
        }
    }
}
