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
package org.pinion.spi.datastore;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/**
 * Refuses writes while the disk is almost full, before the engine runs into it: flushing and compacting need room
 * themselves. Looks at the disk once per mebibyte written, and at every write while there is too little. Any thread.
 */
public final class FreeSpace {
    private static final long LOOK_EVERY_BYTES = 1L << 20;
    private static final long RESERVE_BYTES = 64L << 20;

    private final Path folder;
    private final Disk disk;
    private final AtomicLong untilNextLook = new AtomicLong();

    /** Looks at a disk. */
    @FunctionalInterface
    public interface Disk {
        /** What it has now. */
        Room room() throws IOException;
    }

    /**
     * What a disk has.
     *
     * @param free bytes that can still be written
     * @param total bytes of the whole disk
     */
    public record Room(long free, long total) {}

    /** Watches the disk that {@code folder} is on. */
    public FreeSpace(Path folder) {
        this(folder, new FolderDisk(folder));
    }

    /** Watches {@code disk}, which is called that of {@code folder}. */
    public FreeSpace(Path folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
    }

    /** Fails with {@code STORAGE} when a batch should not be written now; one that only removes rows always may. */
    public void check(WriteBatch batch) {
        if (batch.changes().stream().anyMatch(change -> change.value() != null)) {
            check(batch.bytes());
        }
    }

    /** Fails with {@code STORAGE} when {@code bytes} more should not be written now. */
    public void check(long bytes) {
        if (untilNextLook.addAndGet(-bytes) >= 0) {
            return;
        }
        Room room;
        try {
            room = disk.room();
        } catch (IOException e) {
            throw new ClusterException(ErrorCode.STORAGE, "cannot look at the disk of " + folder + ": " + e, e);
        }
        long free = room.free();
        long reserve = Math.min(RESERVE_BYTES, room.total() / 8);
        if (free < reserve + bytes) {
            untilNextLook.set(0);
            throw new ClusterException(
                    ErrorCode.STORAGE,
                    "the disk of " + folder + " is full: " + free + " bytes free, " + reserve
                            + " are kept back; make room and try again");
        }
        untilNextLook.set(Math.min(LOOK_EVERY_BYTES, free - reserve));
    }

    /** Finds the disk of a folder once: that reads the table of all mounts. */
    private static final class FolderDisk implements Disk {
        private final Path folder;
        private volatile @Nullable FileStore found;

        FolderDisk(Path folder) {
            this.folder = folder;
        }

        @Override
        public Room room() throws IOException {
            FileStore disk = found;
            if (disk == null) {
                disk = Files.getFileStore(folder);
                found = disk;
            }
            return new Room(disk.getUsableSpace(), disk.getTotalSpace());
        }
    }
}
