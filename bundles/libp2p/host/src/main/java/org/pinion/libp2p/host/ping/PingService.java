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
package org.pinion.libp2p.host.ping;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;

/**
 * Echoes 32 bytes at a time. Thread-safe.
 *
 * @spec libp2p "ping" 1.0.0
 */
public final class PingService implements StreamHandler {
    /** Protocol id. */
    public static final String PROTOCOL = "/ipfs/ping/1.0.0";

    private static final int PING_BYTES = 32;
    private static final int MAX_STREAMS_PER_PEER = 2;
    private static final long IDLE_SECONDS = 10;

    private final ScheduledExecutorService timers;
    private final Map<PeerId, Integer> streams = new HashMap<>();

    public PingService(ScheduledExecutorService timers) {
        this.timers = timers;
    }

    @Override
    public void accept(Stream stream) {
        synchronized (this) {
            if (streams.getOrDefault(stream.remotePeer(), 0) >= MAX_STREAMS_PER_PEER) {
                stream.reset(Stream.RESET_RESOURCE_LIMIT);
                return;
            }
            streams.merge(stream.remotePeer(), 1, Integer::sum);
        }
        echo(stream, ByteBuffer.allocate(PING_BYTES));
    }

    private void echo(Stream stream, ByteBuffer ping) {
        ScheduledFuture<?> idle =
                timers.schedule(() -> stream.reset(Stream.RESET_NONE), IDLE_SECONDS, TimeUnit.SECONDS);
        stream.read().whenComplete((data, error) -> {
            idle.cancel(false);
            if (error != null || data.isEmpty()) {
                finish(stream);
            } else {
                onData(stream, ping, data);
            }
        });
    }

    private void onData(Stream stream, ByteBuffer ping, Optional<ByteBuffer> data) {
        ByteBuffer in = data.orElseThrow();
        while (in.hasRemaining() && ping.hasRemaining()) {
            ping.put(in.get());
        }
        if (in.hasRemaining()) {
            // a peer waits for the echo before it pings again
            stream.reset(Stream.RESET_PROTOCOL_VIOLATION);
            finish(stream);
        } else if (ping.hasRemaining()) {
            echo(stream, ping);
        } else {
            stream.write(ping.flip()).whenComplete((done, error) -> {
                if (error != null) {
                    finish(stream);
                } else {
                    echo(stream, ByteBuffer.allocate(PING_BYTES));
                }
            });
        }
    }

    private void finish(Stream stream) {
        synchronized (this) {
            streams.computeIfPresent(stream.remotePeer(), (peer, n) -> n > 1 ? n - 1 : null);
        }
        stream.close();
    }
}
