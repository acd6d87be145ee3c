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
package org.pinion.cli.shell;

import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was typed and not read yet; bounded, as that of a terminal is. Any thread. */
final class InputQueue extends InputStream {
    private static final int MAX_BYTES = 1 << 16;

    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int bytes;
    private int at;
    private boolean ended;

    /** Takes what was typed; false if there is no room, and nothing was taken. */
    synchronized boolean offer(byte[] typed) {
        if (ended || typed.length > MAX_BYTES - bytes) {
            return false;
        }
        if (typed.length > 0) {
            waiting.add(typed);
            bytes += typed.length;
            notifyAll();
        }
        return true;
    }

    @Override
    public synchronized int read() throws InterruptedIOException {
        while (waiting.isEmpty()) {
            if (ended) {
                return -1;
            }
            await();
        }
        byte[] first = waiting.getFirst();
        int next = first[at++] & 0xff;
        bytes--;
        if (at == first.length) {
            waiting.removeFirst();
            at = 0;
        }
        return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws InterruptedIOException {
        if (length == 0) {
            return 0;
        }
        int first = read();
        if (first < 0) {
            return -1;
        }
        target[offset] = (byte) first;
        int count = 1;
        synchronized (this) {
            while (count < length && !waiting.isEmpty()) {
                target[offset + count++] = (byte) read();
            }
        }
        return count;
    }

    @Override
    public synchronized int available() {
        return bytes;
    }

    private void await() throws InterruptedIOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for input");
        }
    }

    @Override
    public synchronized void close() {
        ended = true;
        notifyAll();
    }
}
