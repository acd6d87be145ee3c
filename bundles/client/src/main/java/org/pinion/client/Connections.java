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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The open connections of a client: those in use, and those that wait for the next request. Any thread. */
final class Connections implements AutoCloseable {
    private static final int MAX_IDLE = 64;

    private final Deque<HttpConnection> idle = new ArrayDeque<>();
    private final Set<HttpConnection> active = new HashSet<>();
    private boolean closed;

    synchronized boolean isClosed() {
        return closed;
    }

    /** Counts a new connection as in use. */
    synchronized void takeIn(HttpConnection connection) throws IOException {
        if (closed) {
            connection.close();
            throw new IOException("the client was closed");
        }
        active.add(connection);
    }

    /** One that waits; null = none does. */
    synchronized @Nullable HttpConnection takeIdle() {
        HttpConnection connection = idle.pollFirst();
        if (connection != null) {
            active.add(connection);
        }
        return connection;
    }

    /** Takes a connection back: kept when it can be used again. */
    void give(HttpConnection connection) {
        synchronized (this) {
            active.remove(connection);
            if (!closed && connection.isReusable() && idle.size() < MAX_IDLE) {
                idle.addFirst(connection);
                return;
            }
        }
        connection.close();
    }

    /** Closes a connection, whatever is still under way on it. */
    void discard(HttpConnection connection) {
        synchronized (this) {
            active.remove(connection);
        }
        connection.close();
    }

    synchronized void dropIdle() {
        idle.forEach(HttpConnection::close);
        idle.clear();
    }

    /** Closes all; what waits on them fails. */
    @Override
    public synchronized void close() {
        closed = true;
        dropIdle();
        active.forEach(HttpConnection::close);
        active.clear();
    }
}
