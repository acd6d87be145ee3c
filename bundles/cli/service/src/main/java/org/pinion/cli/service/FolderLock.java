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
package org.pinion.cli.service;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The lock that keeps two processes off one folder: {@code cluster.lock}, always empty, with an fcntl lock on it, which also
 * keeps the reference's programs out. The file is opened once: closing any other descriptor of it would free the lock.
 */
final class FolderLock implements AutoCloseable {
    private final Path file;
    private final Path pid;
    private final FileChannel channel;

    private FolderLock(Path file, Path pid, FileChannel channel) {
        this.file = file;
        this.pid = pid;
        this.channel = channel;
    }

    /**
     * Takes the lock; the kernel frees it when the process ends in any way.
     *
     * @param dir the peer's folder, made when missing
     * @throws CommandFailed with the reference's text if somebody has it
     */
    static FolderLock take(Path dir) {
        Path file = dir.resolve("cluster.lock");
        Path pid = dir.resolve("pinion").resolve("pid");
        FileChannel channel = null;
        try {
            Files.createDirectories(
                    dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            if (Files.exists(file) && Files.size(file) != 0) {
                throw failed(dir, "cannot acquire lock: can't Lock file \"" + file + "\": has non-zero size");
            }
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                channel.close();
                throw failed(dir, "lock " + file + ": someone else has the lock" + holder(pid));
            }
            return new FolderLock(file, pid, channel);
        } catch (AccessDeniedException e) {
            throw failed(dir, "lock " + file + ": permission denied");
        } catch (IOException e) {
            closeQuietly(channel);
            throw failed(dir, "lock " + file + ": " + e.getMessage());
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            System.err.println("closing cluster.lock: " + e.getMessage());
        }
    }

    /** Who wrote the pid file, when that process still lives. */
    private static String holder(Path pid) {
        try {
            long number = Long.parseLong(Files.readString(pid).strip());
            return ProcessHandle.of(number).isPresent() ? " (process " + number + ")" : "";
        } catch (IOException | NumberFormatException e) {
            return "";
        }
    }

    private static CommandFailed failed(Path dir, String cause) {
        return new CommandFailed("obtaining execution lock: " + cause
                + ". If no other ipfs-cluster-service process is running, remove " + dir.resolve("cluster.lock")
                + ", or make sure that the config folder is writable for the user running ipfs-cluster-service.");
    }

    /** Lets others name this process. */
    void writePid() throws IOException {
        Files.createDirectories(
                pid.resolveSibling("."),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(pid, ProcessHandle.current().pid() + "\n");
    }

    /** Frees the folder. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(pid);
            Files.deleteIfExists(file);
            channel.close();
        } catch (IOException e) {
            System.err.println("error releasing execution lock: " + e.getMessage());
        }
    }
}
