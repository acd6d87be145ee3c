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
package org.pinion.cli.ctl;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.adder.AddSource;

/**
 * Files, folders, standard input and URLs as a source: opened one by one, read as they are sent. A folder comes before
 * what is in it, entries by name. For one thread, but {@link #bytesRead} is for any.
 */
final class FileSource implements AddSource, AutoCloseable {
    private static final int CONNECT_MILLIS = 30_000;

    private record Item(String path, @Nullable Path file, String url) {}

    private final Deque<Item> left = new ArrayDeque<>();
    private final boolean hidden;
    private final InputStream standardInput;
    private final AtomicLong bytesRead = new AtomicLong();
    private InputStream open = InputStream.nullInputStream();

    /**
     * A source of paths that were checked before.
     *
     * @param hidden whether names with a dot in front are taken from folders
     */
    FileSource(List<String> paths, boolean hidden, InputStream standardInput) throws IOException {
        this.hidden = hidden;
        this.standardInput = standardInput;
        for (String path : paths) {
            if (path.equals("-")) {
                left.add(new Item("", null, "-"));
            } else if (isUrl(path)) {
                left.add(new Item(path.replaceFirst("[?#].*", "").replaceFirst(".*/", ""), null, path));
            } else {
                left.add(new Item(name(path), Path.of(path), ""));
            }
        }
    }

    static boolean isUrl(String path) {
        return path.startsWith("http://") || path.startsWith("https://");
    }

    /** The name under which a path is added. */
    static String name(String path) throws IOException {
        Path clean = Path.of(path).normalize();
        boolean special = clean.toString().isEmpty() || clean.endsWith("..");
        Path named = special ? Path.of(path).toRealPath() : clean;
        return String.valueOf(named.getFileName());
    }

    long bytesRead() {
        return bytesRead.get();
    }

    /** Bytes of all files; -1 when not known. */
    static long totalBytes(List<String> paths, boolean hidden) throws IOException {
        long total = 0;
        for (String path : paths) {
            if (path.equals("-") || isUrl(path)) {
                return -1;
            }
            Sum sum = new Sum(Path.of(path), hidden);
            Files.walkFileTree(Path.of(path), sum);
            total += sum.bytes;
        }
        return total;
    }

    /** Sizes of the files that will be sent; what cannot be read is told when its turn comes. */
    private static final class Sum extends SimpleFileVisitor<Path> {
        private final Path top;
        private final boolean hidden;
        private long bytes;

        Sum(Path top, boolean hidden) {
            this.top = top;
            this.hidden = hidden;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean taken = hidden || folder.equals(top) || !isHidden(folder);
            return taken ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && (hidden || file.equals(top) || !isHidden(file))) {
                bytes += attributes.size();
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }

    private static boolean isHidden(Path file) {
        return String.valueOf(file.getFileName()).startsWith(".");
    }

    @Override
    public @Nullable Entry next() throws IOException {
        open.close();
        Item item = left.pollFirst();
        if (item == null) {
            return null;
        }
        if (item.file == null) {
            open = counted(item.url.equals("-") ? standardInput : download(item.url));
            Optional<String> absolute = item.url.equals("-") ? Optional.empty() : Optional.of(item.url);
            return new Entry(item.path, Kind.FILE, open, absolute);
        }
        return local(item.path, item.file);
    }

    private Entry local(String path, Path file) throws IOException {
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
            if (path.contains("/") && !Files.isRegularFile(file)) {
                // opening a pipe would wait for somebody who writes into it; one that is named is meant
                throw new IOException(file + " is no file, folder or link; leave it out");
            }
            open = counted(Files.newInputStream(file));
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
            all.filter(child -> hidden || !isHidden(child)).forEach(children::add);
        }
        children.sort(Comparator.comparing((Path child) -> String.valueOf(child.getFileName()))
                .reversed());
        children.forEach(child -> left.addFirst(new Item(path + "/" + child.getFileName(), child, "")));
    }

    private static InputStream download(String url) throws IOException {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) new URI(url).toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            int status = connection.getResponseCode();
            if (status < 200 || status > 299) {
                throw new IOException("the server answered with status " + status);
            }
            return connection.getInputStream();
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new DownloadException("not a URL: " + url, e);
        } catch (IOException e) {
            String reason = e instanceof UnknownHostException ? "the name cannot be resolved" : e.getMessage();
            throw new DownloadException("download of " + url + " failed: " + reason, e);
        }
    }

    private InputStream counted(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int one = super.read();
                bytesRead.addAndGet(one < 0 ? 0 : 1);
                return one;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int size = super.read(target, offset, length);
                bytesRead.addAndGet(Math.max(0, size));
                return size;
            }
        };
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
