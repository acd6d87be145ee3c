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

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;

/** Closes connections whose first request's headers do not arrive in time. Any thread. */
final class FirstRequestDeadline {
    private final long timeoutMillis;
    private final Set<EndPoint> waiting = ConcurrentHashMap.newKeySet();

    /** Zero = no limit. */
    FirstRequestDeadline(Duration timeout) {
        this.timeoutMillis = timeout.toMillis();
    }

    /** A factory whose connections are watched. */
    HttpConnectionFactory factory(HttpConfiguration settings) {
        return new HttpConnectionFactory(settings) {
            @Override
            public Connection newConnection(Connector connector, EndPoint endPoint) {
                if (timeoutMillis > 0) {
                    waiting.add(endPoint);
                    connector.getScheduler().schedule(() -> expire(endPoint), timeoutMillis, TimeUnit.MILLISECONDS);
                }
                return super.newConnection(connector, endPoint);
            }
        };
    }

    /** A request's headers are there. */
    void arrived(EndPoint endPoint) {
        waiting.remove(endPoint);
    }

    private void expire(EndPoint endPoint) {
        if (waiting.remove(endPoint)) {
            endPoint.close();
        }
    }
}
