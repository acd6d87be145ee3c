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
import java.time.Duration;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Multiaddr;

/**
 * A way to reach an API: makes channels that carry HTTP/1.1. TCP, TLS and unix sockets are built in; others are given by
 * {@link ClientSettings#withTransport}. Any thread.
 */
@ConsumerType
public interface Transport extends AutoCloseable {
    /** Whether this transport is the one for an address. */
    boolean takes(Multiaddr address);

    /**
     * Connects, and blocks until that is done.
     *
     * @param timeout longest wait for the connection
     * @throws IOException if it fails; the message gives the reason in one line
     */
    Channel open(Multiaddr address, Duration timeout) throws IOException;

    /** Frees what all channels share; channels must be closed before. */
    @Override
    default void close() {}

    /** Bytes in both directions. One thread may read while another one writes. */
    @ConsumerType
    interface Channel extends AutoCloseable {
        /** What to put into the Host header. */
        String host();

        /** What stands before the path in requests: nothing, or the server's address when a proxy takes them. */
        default String base() {
            return "";
        }

        /** Headers that every request has because of the way it goes. */
        default Map<String, String> headers() {
            return Map.of();
        }

        /** What the other side sends. */
        InputStream in() throws IOException;

        /** What is sent to the other side, at {@code flush} at the latest. */
        OutputStream out() throws IOException;

        /** How long one read may wait before it fails with {@link java.net.SocketTimeoutException}; zero = no limit. */
        void readTimeout(Duration timeout) throws IOException;

        /** Whether a second request may follow the first. */
        default boolean keepsAlive() {
            return true;
        }

        /** Ends both directions after an exchange that was complete. From any thread: what waits fails. */
        @Override
        void close();

        /** Ends both directions in the middle of an exchange. From any thread: what waits fails. */
        default void abort() {
            close();
        }
    }
}
