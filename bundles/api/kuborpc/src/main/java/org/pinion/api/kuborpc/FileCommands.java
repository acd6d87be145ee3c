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
package org.pinion.api.kuborpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.unixfs.DirectoryEntry;
import org.pinion.ipld.dag.unixfs.UnixFsReader;
import org.pinion.ipld.dag.unixfs.UnixFsStat;
import org.pinion.ipld.dag.unixfs.UnixFsType;
import org.pinion.ipld.multiformats.Cid;

/** Files and directories are read. */
final class FileCommands {
    private static final int MAX_ROWS = 500_000;
    private static final int COPY_BYTES = 64 << 10;

    private final Node node;

    FileCommands(Node node) {
        this.node = node;
    }

    List<Command> commands() {
        return List.of(
                Command.of("cat", this::cat, "offset", "length", "offline"),
                Command.of("get", this::get, "archive", "compress", "compression-level", "offline"),
                Command.of("ls", this::list, "headers", "resolve-type", "size", "stream", "offline"),
                Command.of("files/ls", this::filesList, "long"),
                Command.of("files/stat", this::filesStat, "hash", "size", "offline"),
                Command.of("files/read", this::filesRead, "offset", "count"));
    }

    private void cat(Call call) throws IOException {
        long offset = call.number("offset", 0);
        if (offset < 0) {
            throw new KuboException("cannot specify negative offset");
        }
        boolean limited = call.has("length");
        long length = call.number("length", Long.MAX_VALUE);
        if (length < 0) {
            throw new KuboException("cannot specify negative length");
        }
        List<String> paths = call.args("ipfs-path");
        try (Fetcher blocks = new Fetcher(node, call)) {
            UnixFsReader reader = new UnixFsReader(blocks);
            List<Cid> files = new ArrayList<>();
            long total = 0;
            for (String path : paths) {
                Cid cid = ContentPath.resolve(path, blocks);
                total += fileBytes(reader.stat(cid));
                files.add(cid);
            }
            long sent = Math.max(0, Math.min(total - offset, limited ? length : Long.MAX_VALUE));
            try (OutputStream out = Reply.bytes(call, "text/plain", sent)) {
                long skip = offset;
                long left = sent;
                for (Cid file : files) {
                    long size = reader.stat(file).fileBytes();
                    if (skip >= size) {
                        skip -= size;
                        continue;
                    }
                    long part = Math.min(left, size - skip);
                    copy(reader, file, skip, part, out);
                    left -= part;
                    skip = 0;
                }
                out.flush();
            }
        }
    }

    static long fileBytes(UnixFsStat stat) {
        if (stat.type() == UnixFsType.DIRECTORY || stat.type() == UnixFsType.HAMT_SHARD) {
            throw new KuboException("this dag node is a directory");
        }
        if (stat.type() == UnixFsType.SYMLINK) {
            throw new KuboException("this dag node is a symbolic link; it cannot be read as a file");
        }
        return stat.fileBytes();
    }

    /** Copies a part of a file; a file that is shorter than it says is a failure. */
    static void copy(UnixFsReader reader, Cid file, long offset, long length, OutputStream out) throws IOException {
        if (length <= 0) {
            return;
        }
        byte[] buffer = new byte[COPY_BYTES];
        long left = length;
        try (InputStream in = reader.open(file, offset)) {
            while (left > 0) {
                int size = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (size < 0) {
                    throw new KuboException("file " + file + " ends " + left + " bytes too early");
                }
                out.write(buffer, 0, size);
                left -= size;
            }
        }
    }

    private void get(Call call) throws IOException {
        boolean compress = call.flag("compress", false);
        int level = call.integer("compression-level", Deflater.DEFAULT_COMPRESSION);
        if (level < -1 || level > 9) {
            throw new KuboException("compression level must be between 1 and 9");
        }
        ContentPath path = ContentPath.parse(call.arg("ipfs-path"));
        try (Fetcher blocks = new Fetcher(node, call)) {
            Cid cid = path.resolve(blocks);
            UnixFsReader reader = new UnixFsReader(blocks);
            UnixFsStat stat = reader.stat(cid);
            boolean folder = stat.type() == UnixFsType.DIRECTORY || stat.type() == UnixFsType.HAMT_SHARD;
            if (compress && folder && !call.flag("archive", false)) {
                throw new KuboException("file is not regular: compress needs archive for a directory");
            }
            List<String> names = path.names();
            String name = names.isEmpty() ? path.root().toString() : names.get(names.size() - 1);
            long size = folder ? stat.cumulativeBytes() : stat.fileBytes();
            try (OutputStream out = Reply.bytes(call, compress ? "application/gzip" : "application/x-tar", size)) {
                if (compress && !call.flag("archive", false)) {
                    try (OutputStream zip = zipped(out, level)) {
                        copy(reader, cid, 0, fileBytes(stat), zip);
                    }
                } else {
                    try (Tar tar = new Tar(compress ? zipped(out, level) : out)) {
                        tree(reader, cid, name, tar, 0);
                    }
                }
            }
        }
    }

    private static OutputStream zipped(OutputStream out, int level) throws IOException {
        return new GZIPOutputStream(out, COPY_BYTES) {
            {
                def.setLevel(level);
            }
        };
    }

    private static final int MAX_DEPTH = 512;

    private static void tree(UnixFsReader reader, Cid cid, String name, Tar tar, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new KuboException("directory " + name + " is deeper than " + MAX_DEPTH + " levels");
        }
        UnixFsStat stat = reader.stat(cid);
        switch (stat.type()) {
            case DIRECTORY, HAMT_SHARD -> {
                tar.directory(name);
                for (DirectoryEntry entry : reader.list(cid, MAX_ROWS)) {
                    if (!Tar.isPlain(entry.name())) {
                        throw new KuboException(
                                "directory " + name + " has an entry that is no file name: \"" + entry.name() + "\"");
                    }
                    tree(reader, entry.cid(), name + "/" + entry.name(), tar, depth + 1);
                }
            }
            case SYMLINK -> tar.link(name, reader.symlinkTarget(cid));
            case RAW, FILE, METADATA -> {
                tar.file(name, stat.fileBytes());
                copy(reader, cid, 0, stat.fileBytes(), tar.content());
                tar.endFile(stat.fileBytes());
            }
        }
    }

    private void list(Call call) throws IOException {
        boolean stream = call.flag("stream", false);
        boolean types = call.flag("resolve-type", true);
        boolean sizes = call.flag("size", true);
        Reply.Values out = Reply.values(call);
        List<Object> objects = new ArrayList<>();
        try (Fetcher blocks = new Fetcher(node, call)) {
            UnixFsReader reader = new UnixFsReader(blocks);
            for (String text : call.args("ipfs-path")) {
                Cid cid = ContentPath.resolve(text, blocks);
                List<Object> links = new ArrayList<>();
                UnixFsType type = cid.codec() == Cid.RAW
                        ? UnixFsType.FILE
                        : reader.stat(cid).type();
                if (type == UnixFsType.DIRECTORY || type == UnixFsType.HAMT_SHARD) {
                    reader.forEachEntry(cid, entry -> {
                        Object row = row(reader, entry, types, sizes);
                        if (stream) {
                            out.put(Json.object("Objects", List.of(Json.object("Hash", text, "Links", List.of(row)))));
                        } else if (links.size() >= MAX_ROWS) {
                            throw new KuboException("more than " + MAX_ROWS + " entries; use stream=true");
                        } else {
                            links.add(row);
                        }
                    });
                }
                objects.add(Json.object("Hash", text, "Links", links));
            }
        }
        if (stream) {
            out.flush();
        } else {
            Reply.single(call, Json.object("Objects", objects));
        }
    }

    private static Map<String, @Nullable Object> row(
            UnixFsReader reader, DirectoryEntry entry, boolean types, boolean sizes) throws IOException {
        int type = 0;
        long size = 0;
        String target = "";
        if (entry.cid().codec() == Cid.RAW) {
            type = 2;
            size = entry.cumulativeBytes();
        } else if ((types || sizes) && entry.cid().codec() == Cid.DAG_PB) {
            UnixFsStat stat = reader.stat(entry.cid());
            size = stat.fileBytes();
            switch (stat.type()) {
                case DIRECTORY, HAMT_SHARD -> type = 1;
                case SYMLINK -> {
                    type = 4;
                    target = reader.symlinkTarget(entry.cid());
                }
                case RAW, FILE, METADATA -> type = 2;
            }
        }
        return Json.object(
                "Name",
                entry.name(),
                "Hash",
                entry.cid().toString(),
                "Size",
                size,
                "Type",
                type,
                "Target",
                target,
                "Mode",
                0,
                "ModTime",
                "0001-01-01T00:00:00Z");
    }

    private static ContentPath immutable(String text) {
        if (!text.startsWith("/ipfs/")) {
            throw Absent.files("reading " + text);
        }
        return ContentPath.parse(text);
    }

    private void filesList(Call call) throws IOException {
        String text = call.anyArgs().isEmpty() ? "/" : call.arg("path");
        if (text.equals("/")) {
            Reply.single(call, Json.object("Entries", null));
            return;
        }
        boolean whole = call.flag("long", false);
        List<Object> rows = new ArrayList<>();
        try (Fetcher blocks = new Fetcher(node, call)) {
            UnixFsReader reader = new UnixFsReader(blocks);
            for (DirectoryEntry entry : reader.list(immutable(text).resolve(blocks), MAX_ROWS)) {
                Map<String, @Nullable Object> row = row(reader, entry, whole, whole);
                boolean folder = Integer.valueOf(1).equals(row.get("Type"));
                rows.add(Json.object(
                        "Name", entry.name(),
                        "Type", whole && folder ? 1 : 0,
                        "Size", whole ? row.get("Size") : 0,
                        "Hash", whole ? entry.cid().toString() : ""));
            }
        }
        Reply.single(call, Json.object("Entries", rows));
    }

    private void filesStat(Call call) throws IOException {
        try (Fetcher blocks = new Fetcher(node, call)) {
            Cid cid = immutable(call.arg("path")).resolve(blocks);
            UnixFsStat stat = new UnixFsReader(blocks).stat(cid);
            boolean folder = stat.type() == UnixFsType.DIRECTORY || stat.type() == UnixFsType.HAMT_SHARD;
            Reply.single(
                    call,
                    Json.object(
                            "Hash", cid.toString(),
                            "Size", stat.fileBytes(),
                            "CumulativeSize", stat.cumulativeBytes(),
                            "Blocks", stat.links(),
                            "Type", folder ? "directory" : "file"));
        }
    }

    private void filesRead(Call call) throws IOException {
        long offset = call.number("offset", 0);
        if (offset < 0) {
            throw new KuboException("cannot specify negative offset");
        }
        long count = call.number("count", Long.MAX_VALUE);
        if (count < 0) {
            throw new KuboException("cannot specify negative 'count'");
        }
        try (Fetcher blocks = new Fetcher(node, call)) {
            Cid cid = immutable(call.arg("path")).resolve(blocks);
            UnixFsReader reader = new UnixFsReader(blocks);
            long size = fileBytes(reader.stat(cid));
            if (offset > size) {
                throw new KuboException("offset was past end of file (" + offset + " > " + size + ")");
            }
            try (OutputStream out = Reply.bytes(call, "text/plain", -1)) {
                copy(reader, cid, offset, Math.min(count, size - offset), out);
                out.flush();
            }
        }
    }
}
