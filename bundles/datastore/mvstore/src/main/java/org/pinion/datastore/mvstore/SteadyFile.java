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
package org.pinion.datastore.mvstore;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.Map;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.SFChunk;
import org.h2.mvstore.SingleFileStore;

/**
 * The store's file, read and written in a way that an interrupt does not end. The engine uses a channel, which Java
 * closes for everybody when one thread that uses it is interrupted; callers here are interrupted when their component
 * stops. The engine's own channel only holds the lock.
 */
final class SteadyFile extends SingleFileStore {
    private final RandomAccessFile file;

    /**
     * Opens and locks the file, which is made when missing.
     *
     * @param config of the engine, for its cache
     */
    SteadyFile(String name, Map<String, Object> config) throws IOException {
        super(config);
        open(name, false, null);
        RandomAccessFile opened;
        try {
            opened = new RandomAccessFile(name, "rw");
        } catch (IOException e) {
            super.close();
            throw e;
        }
        file = opened;
    }

    @Override
    public ByteBuffer readFully(SFChunk chunk, long position, int length) {
        byte[] bytes = new byte[length];
        try {
            synchronized (file) {
                file.seek(position);
                file.readFully(bytes);
            }
        } catch (IOException e) {
            throw DataUtils.newMVStoreException(
                    DataUtils.ERROR_READING_FAILED,
                    "Reading {0} bytes at {1} of {2} failed",
                    length,
                    position,
                    getFileName(),
                    e);
        }
        readCount.incrementAndGet();
        readBytes.addAndGet(length);
        return ByteBuffer.wrap(bytes);
    }

    @Override
    protected void writeFully(SFChunk chunk, long position, ByteBuffer bytes) {
        int length = bytes.remaining();
        setSize(Math.max(size(), position + length));
        try {
            synchronized (file) {
                file.seek(position);
                if (bytes.hasArray()) {
                    file.write(bytes.array(), bytes.arrayOffset() + bytes.position(), length);
                    bytes.position(bytes.limit());
                } else {
                    byte[] copy = new byte[length];
                    bytes.get(copy);
                    file.write(copy);
                }
            }
        } catch (IOException e) {
            throw DataUtils.newMVStoreException(
                    DataUtils.ERROR_WRITING_FAILED,
                    "Writing {0} bytes at {1} of {2} failed",
                    length,
                    position,
                    getFileName(),
                    e);
        }
        writeCount.incrementAndGet();
        writeBytes.addAndGet(length);
    }

    @Override
    public void sync() {
        try {
            file.getFD().sync();
        } catch (IOException e) {
            throw DataUtils.newMVStoreException(DataUtils.ERROR_WRITING_FAILED, "Syncing {0} failed", getFileName(), e);
        }
    }

    @Override
    public void truncate(long size) {
        try {
            synchronized (file) {
                file.setLength(size);
            }
        } catch (IOException e) {
            throw DataUtils.newMVStoreException(
                    DataUtils.ERROR_WRITING_FAILED, "Shortening {0} to {1} bytes failed", getFileName(), size, e);
        }
        writeCount.incrementAndGet();
        setSize(size);
    }

    /** Gives the lock back too. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw DataUtils.newMVStoreException(DataUtils.ERROR_WRITING_FAILED, "Closing {0} failed", getFileName(), e);
        } finally {
            super.close();
        }
    }
}
