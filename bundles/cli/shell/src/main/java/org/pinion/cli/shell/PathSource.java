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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.adder.AddSource;

/**
 * Files and folders of this machine as a source: opened one by one, read as they are added. A folder comes before what is
 * in it, entries by name. For one thread.
 */
final class PathSource implements AddSource, AutoCloseable {
    private record Item(String path, Path file) {}

    private final Deque<Item> left = new ArrayDeque<>();
    private final boolean hidden;
    private InputStream open = InputStream.nullInputStream();

    /**
     * A source of files that exist.
     *
     * @param hidden whether names with a dot in front are taken from folders
     */
    PathSource(List<Path> files, boolean hidden) throws IOException {
        this.hidden = hidden;
        for (Path file : files) {
            left.add(new Item(name(file), file));
        }
    }

    private static String name(Path file) throws IOException {
        Path clean = file.normalize();
        boolean special = clean.toString().isEmpty() || clean.endsWith("..");
        return String.valueOf((special ? file.toRealPath() : clean).getFileName());
    }

    @Override
    public @Nullable Entry next() throws IOException {
        open.close();
        if (Thread.currentThread().isInterrupted()) {
            throw ShellFailure.interrupted();
        }
        Item item = left.pollFirst();
        return item == null ? null : entry(item.path, item.file);
    }

    private Entry entry(String path, Path file) throws IOException {
        Optional<String> absolute = Optional.of(file.toAbsolutePath().toString());
        try {
            if (Files.isSymbolicLink(file)) {
                byte[] target = Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8);
                return new Entry(path, Kind.LINK, new ByteArrayInputStream(target), absolute);
            }
            if (Files.isDirectory(file)) {
                push(path, file);
                return new Entry(path, Kind.FOLDER, InputStream.nullInputStream(), absolute);
            }
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                // opening a pipe would wait for somebody who writes into it
                throw new IOException(file + " is no file, folder or link; leave it out");
            }
            open = Files.newInputStream(file);
            return new Entry(path, Kind.FILE, open, absolute);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file or directory", e);
        } catch (AccessDeniedException e) {
            throw new IOException(file + ": permission denied", e);
        }
    }

    private void push(String path, Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(child -> hidden || !String.valueOf(child.getFileName()).startsWith("."))
                    .forEach(children::add);
        }
        children.sort(Comparator.comparing((Path child) -> String.valueOf(child.getFileName()))
                .reversed());
        children.forEach(child -> left.addFirst(new Item(path + "/" + child.getFileName(), child)));
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
