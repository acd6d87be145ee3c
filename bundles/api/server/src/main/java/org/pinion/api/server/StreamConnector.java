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

import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.Stream;

/** Jetty's connector for the streams of a libp2p host; a stream is a connection. */
final class StreamConnector extends AbstractConnector {
    /** Ordinary HTTP/1.1 on a stream, as the reference's clients and go-libp2p-http speak it. */
    static final String PROTOCOL = "/libp2p-http";

    private final Host host;

    StreamConnector(Server server, Host host, ConnectionFactory... factories) {
        super(server, null, null, null, 0, factories);
        this.host = host;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        host.handle(PROTOCOL, this::take);
    }

    @Override
    protected void doStop() throws Exception {
        host.unhandle(PROTOCOL);
        super.doStop();
    }

    /** On the event loop: what Jetty does with a new connection may read files or wait. */
    private void take(Stream stream) {
        try {
            getExecutor().execute(() -> serve(stream));
        } catch (RejectedExecutionException stopping) {
            stream.reset(Stream.RESET_RESOURCE_LIMIT);
        }
    }

    private void serve(Stream stream) {
        StreamEndPoint endPoint = new StreamEndPoint(stream, host.id(), getScheduler(), getExecutor()) {
            @Override
            public void onClose(@Nullable Throwable cause) {
                super.onClose(cause);
                onEndPointClosed(this);
            }
        };
        endPoint.setIdleTimeout(getIdleTimeout());
        endPoint.onOpen();
        onEndPointOpened(endPoint);
        Connection connection = getDefaultConnectionFactory().newConnection(this, (EndPoint) endPoint);
        endPoint.setConnection(connection);
        connection.onOpen();
    }

    @Override
    protected void accept(int acceptorId) {
        throw new IllegalStateException("there are no acceptor threads");
    }

    @Override
    public Object getTransport() {
        return host;
    }
}
