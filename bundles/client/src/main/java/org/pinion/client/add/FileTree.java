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
package org.pinion.client.add;

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
 * in it, entries by name. Links are not followed. For one thread.
 */
public final class FileTree implements AddSource, AutoCloseable {
    private record Item(String path, Path file, boolean named) {}

    private final Deque<Item> left = new ArrayDeque<>();
    private final boolean hidden;
    private final boolean pipes;
    private InputStream open = InputStream.nullInputStream();

    /**
     * A source of these files and folders.
     *
     * @param hidden whether names with a dot in front are taken from folders
     * @param pipes whether a pipe or device among {@code files} is read; within folders they are errors always
     * @throws IOException if the name of a path such as {@code ..} cannot be found
     */
    public FileTree(List<Path> files, boolean hidden, boolean pipes) throws IOException {
        this.hidden = hidden;
        this.pipes = pipes;
        for (Path file : files) {
            left.add(new Item(name(file), file, true));
        }
    }

    /** The name under which a path is added: its last part, of the real path where that is {@code .} or {@code ..}. */
    public static String name(Path file) throws IOException {
        Path clean = file.normalize();
        boolean special = clean.toString().isEmpty() || clean.endsWith("..");
        return String.valueOf((special ? file.toRealPath() : clean).getFileName());
    }

    /** Whether a name has a dot in front. */
    public static boolean isHidden(Path file) {
        return String.valueOf(file.getFileName()).startsWith(".");
    }

    @Override
    public @Nullable Entry next() throws IOException {
        open.close();
        Item item = left.pollFirst();
        return item == null ? null : entry(item);
    }

    private Entry entry(Item item) throws IOException {
        Path file = item.file;
        Optional<String> absolute = Optional.of(file.toAbsolutePath().toString());
        try {
            if (Files.isSymbolicLink(file)) {
                byte[] target = Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8);
                return new Entry(item.path, Kind.LINK, new ByteArrayInputStream(target), absolute);
            }
            if (Files.isDirectory(file)) {
                push(item.path, file);
                return new Entry(item.path, Kind.FOLDER, InputStream.nullInputStream(), absolute);
            }
            boolean meant = item.named && pipes;
            if (!meant && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                // opening a pipe would wait for somebody who writes into it
                throw new IOException(file + " is no file, folder or link; leave it out");
            }
            open = Files.newInputStream(file);
            return new Entry(item.path, Kind.FILE, open, absolute);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file or directory", e);
        } catch (AccessDeniedException e) {
            throw new IOException(file + ": permission denied", e);
        }
    }

    private void push(String path, Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(child -> hidden || !isHidden(child)).forEach(children::add);
        }
        children.sort(Comparator.comparing((Path child) -> String.valueOf(child.getFileName()))
                .reversed());
        children.forEach(child -> left.addFirst(new Item(path + "/" + child.getFileName(), child, false)));
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
