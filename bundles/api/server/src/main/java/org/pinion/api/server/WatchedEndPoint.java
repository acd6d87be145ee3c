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
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A socket that can be watched for its end while a request is answered. Jetty reads no more than a request, so it does not
 * see that a client has gone. Here one buffer is read ahead and given to whoever reads next.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {
    private static final int AHEAD_BYTES = 4096;

    private final Executor executor;
    private final Object lock = new Object();
    /** What was read ahead; empty = nothing. */
    private ByteBuffer ahead = BufferUtil.EMPTY_BUFFER;

    private boolean ended;
    /** Told of the end; null = nobody watches. */
    private @Nullable Runnable gone;
    /** Waits for bytes while this end point itself waits for them. */
    private @Nullable Callback reader;

    private boolean watching;

    WatchedEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler, Executor executor) {
        super(channel, selector, key, scheduler);
        this.executor = executor;
    }

    /** Runs a task, once, if the client closes before {@link #forget}. */
    void watch(Runnable task) {
        synchronized (lock) {
            gone = task;
            if (watching || ended || ahead.hasRemaining() || super.isFillInterested()) {
                return;
            }
            watching = true;
        }
        if (!super.tryFillInterested(Callback.from(this::readable, this::failed))) {
            synchronized (lock) {
                watching = false;
            }
        }
    }

    /** The request is answered. */
    void forget() {
        synchronized (lock) {
            gone = null;
        }
    }

    private void readable() {
        Callback next;
        Runnable task = null;
        synchronized (lock) {
            watching = false;
            next = reader;
            reader = null;
            if (next == null) {
                readAhead();
                if (ended) {
                    task = gone;
                    gone = null;
                }
            }
        }
        if (next != null) {
            next.succeeded();
        }
        if (task != null) {
            task.run();
        }
    }

    private void readAhead() {
        ByteBuffer buffer = BufferUtil.allocate(AHEAD_BYTES);
        try {
            ended = super.fill(buffer) < 0;
        } catch (IOException broken) {
            ended = true;
        }
        ahead = buffer;
    }

    private void failed(Throwable failure) {
        Callback next;
        Runnable task;
        synchronized (lock) {
            watching = false;
            next = reader;
            reader = null;
            task = gone;
            gone = null;
        }
        if (next != null) {
            next.failed(failure);
        }
        if (task != null) {
            task.run();
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        synchronized (lock) {
            if (ahead.hasRemaining()) {
                int size = BufferUtil.append(buffer, ahead);
                return size;
            }
            if (ended) {
                return -1;
            }
        }
        return super.fill(buffer);
    }

    @Override
    public boolean isFillInterested() {
        synchronized (lock) {
            return watching ? reader != null : super.isFillInterested();
        }
    }

    @Override
    public void fillInterested(Callback callback) {
        if (!tryFillInterested(callback)) {
            throw new ReadPendingException();
        }
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        synchronized (lock) {
            if (watching) {
                if (reader != null) {
                    return false;
                }
                reader = callback;
                return true;
            }
            if (ended || ahead.hasRemaining()) {
                executor.execute(callback::succeeded);
                return true;
            }
        }
        return super.tryFillInterested(callback);
    }
}
