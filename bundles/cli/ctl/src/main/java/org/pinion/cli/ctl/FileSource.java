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

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pinion.client.add.FileTree;
import org.pinion.spi.adder.AddSource;

/**
 * Files, folders, standard input and URLs as a source: opened one by one, read as they are sent. A folder comes before
 * what is in it, entries by name. For one thread, but {@link #bytesRead} is for any.
 */
final class FileSource implements AddSource, AutoCloseable {
    private static final int CONNECT_MILLIS = 30_000;

    /** Files of this machine, or with a path what is behind a URL, where {@code -} is standard input. */
    private record Item(String path, String url, @Nullable FileTree tree) {}

    private final Deque<Item> left = new ArrayDeque<>();
    private final InputStream standardInput;
    private final AtomicLong bytesRead = new AtomicLong();
    private InputStream open = InputStream.nullInputStream();

    /**
     * A source of paths that were checked before.
     *
     * @param hidden whether names with a dot in front are taken from folders
     */
    FileSource(List<String> paths, boolean hidden, InputStream standardInput) throws IOException {
        this.standardInput = standardInput;
        for (String path : paths) {
            if (path.equals("-")) {
                left.add(new Item("", "-", null));
            } else if (isUrl(path)) {
                left.add(new Item(path.replaceFirst("[?#].*", "").replaceFirst(".*/", ""), path, null));
            } else {
                left.add(new Item("", "", new FileTree(List.of(Path.of(path)), hidden, true)));
            }
        }
    }

    static boolean isUrl(String path) {
        return path.startsWith("http://") || path.startsWith("https://");
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
            boolean taken = hidden || folder.equals(top) || !FileTree.isHidden(folder);
            return taken ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && (hidden || file.equals(top) || !FileTree.isHidden(file))) {
                bytes += attributes.size();
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }

    @Override
    public @Nullable Entry next() throws IOException {
        open.close();
        for (Item item = left.peekFirst(); item != null; item = left.peekFirst()) {
            if (item.tree == null) {
                left.removeFirst();
                return remote(item.path, item.url);
            }
            Entry entry = item.tree.next();
            if (entry != null) {
                open = counted(entry.content());
                return new Entry(entry.path(), entry.kind(), open, entry.absolutePath());
            }
            left.removeFirst();
        }
        return null;
    }

    private Entry remote(String path, String url) throws IOException {
        boolean piped = url.equals("-");
        open = counted(piped ? standardInput : download(url));
        return new Entry(path, Kind.FILE, open, piped ? Optional.empty() : Optional.of(url));
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
