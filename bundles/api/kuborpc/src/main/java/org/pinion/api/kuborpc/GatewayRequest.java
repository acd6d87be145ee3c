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

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.unixfs.NoSuchEntryException;
import org.pinion.ipld.dag.unixfs.UnixFsReader;
import org.pinion.ipld.dag.unixfs.UnixFsStat;
import org.pinion.ipld.dag.unixfs.UnixFsType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.http.Exchange;

/** One request to the gateway. For one thread. */
final class GatewayRequest {
    private static final String FOREVER = "public, max-age=29030400, immutable";
    private static final String WEEK = "public, max-age=604800, stale-while-revalidate=2678400";
    private static final int BUFFER_BYTES = 64 << 10;

    private final Exchange exchange;
    private final Exchange.Request request;
    private final Fetcher blocks;
    private final CarBlocks seen;
    private final UnixFsReader reader;
    private final List<String> names = new ArrayList<>();
    private final List<Cid> roots = new ArrayList<>();
    private boolean slash;

    GatewayRequest(Exchange exchange, Fetcher blocks) {
        this.exchange = exchange;
        this.request = exchange.request();
        this.blocks = blocks;
        this.seen = new CarBlocks(blocks);
        this.reader = new UnixFsReader(seen);
    }

    void answer() throws IOException {
        Cid root = path();
        Format format = Format.of(request);
        if (format.kind() == Format.Kind.CAR) {
            seen.record();
        }
        Cid end = follow(root);
        switch (format.kind()) {
            case RAW -> raw(end);
            case CAR -> car(end, format);
            case FILES -> files(end);
        }
    }

    /** Takes the path apart: {@code /ipfs/<cid>/name/name}; what is not in its simplest form is refused. */
    private Cid path() {
        String path = request.path();
        String[] parts = path.split("/", -1);
        if (parts.length >= 2 && parts[1].equals("ipns")) {
            throw new GatewayException(
                    501, "the embedded IPFS node has no /ipns; resolve the name elsewhere and use /ipfs/<cid>");
        }
        if (parts.length < 2 || !parts[1].equals("ipfs")) {
            throw new GatewayException(404, "404 page not found");
        }
        if (parts.length < 3 || parts[2].isEmpty()) {
            throw new GatewayException(400, "invalid path \"" + path + "\": path does not have enough components");
        }
        for (int i = 3; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            if (last && parts[i].isEmpty()) {
                slash = true;
            } else if (!Tar.isPlain(parts[i])) {
                throw new GatewayException(
                        400,
                        "invalid path \"" + path + "\": empty names, \".\", \"..\" and backslashes are not allowed");
            } else {
                names.add(parts[i]);
            }
        }
        try {
            return Cid.parse(parts[2]);
        } catch (IllegalArgumentException e) {
            throw new GatewayException(400, "invalid path \"" + path + "\": invalid cid: " + e.getMessage());
        }
    }

    private Cid follow(Cid root) throws IOException {
        roots.add(root);
        Cid at = root;
        for (String name : names) {
            try {
                at = reader.resolve(at, name);
            } catch (NoSuchEntryException e) {
                throw new GatewayException(404, "failed to resolve " + request.path() + ": " + e.getMessage());
            }
            roots.add(at);
        }
        return at;
    }

    private void headers(String cacheControl, String etag, String contentType) {
        exchange.header("Cache-Control", cacheControl)
                .header("Etag", etag)
                .header("Content-Type", contentType)
                .header("X-Ipfs-Path", request.path().replaceAll("[\\r\\n]", " "))
                .header("X-Ipfs-Roots", String.join(",", NodeCommands.texts(roots)));
    }

    /** Whether the client has it already; then that is answered. */
    private boolean unchanged(String etag) throws IOException {
        String strong = etag.startsWith("W/") ? etag.substring(2) : etag;
        for (String known : request.header("if-none-match").orElse("").split(",")) {
            String text = known.strip();
            if (text.equals("*") || (text.startsWith("W/") ? text.substring(2) : text).equals(strong)) {
                exchange.status(304).header("Etag", etag);
                Reply.await(exchange.write(ByteBuffer.allocate(0)));
                return true;
            }
        }
        return false;
    }

    private boolean isHead() {
        return request.method().equals("HEAD");
    }

    private void raw(Cid cid) throws IOException {
        String etag = "\"" + cid + ".raw\"";
        if (unchanged(etag)) {
            return;
        }
        byte[] data = blocks.get(cid);
        headers(FOREVER, etag, "application/vnd.ipld.raw");
        disposition(true, cid + ".bin");
        exchange.header("X-Content-Type-Options", "nosniff");
        Range range = range(data.length);
        if (range != null && !isHead()) {
            Reply.await(exchange.write(ByteBuffer.wrap(data, (int) range.from(), (int) range.length())));
        }
    }

    private void car(Cid end, Format format) throws IOException {
        String etag =
                "W/\"" + end + ".car." + Integer.toHexString(format.toString().hashCode()) + "\"";
        if (unchanged(etag)) {
            return;
        }
        blocks.get(end);
        headers(FOREVER, etag, "application/vnd.ipld.car; version=1; order=dfs; dups=" + (format.dups() ? "y" : "n"));
        disposition(true, roots.get(0) + (names.isEmpty() ? "" : "_" + String.join("_", names)) + ".car");
        exchange.header("Accept-Ranges", "none").header("X-Content-Type-Options", "nosniff");
        if (!isHead()) {
            try (OutputStream out = new BufferedOutputStream(new Reply.Body(exchange), BUFFER_BYTES)) {
                seen.write(out, end, format);
            }
        }
    }

    private void files(Cid cid) throws IOException {
        if (cid.codec() != Cid.RAW && cid.codec() != Cid.DAG_PB) {
            block(cid);
            return;
        }
        UnixFsStat stat = reader.stat(cid);
        if (stat.type() == UnixFsType.DIRECTORY || stat.type() == UnixFsType.HAMT_SHARD) {
            directory(cid);
        } else if (stat.type() == UnixFsType.SYMLINK) {
            byte[] target = reader.symlinkTarget(cid).getBytes(StandardCharsets.UTF_8);
            headers(FOREVER, "\"" + cid + "\"", "inode/symlink");
            exchange.header("Content-Length", Integer.toString(target.length));
            if (!isHead()) {
                Reply.await(exchange.write(ByteBuffer.wrap(target)));
            }
        } else {
            file(cid, stat.fileBytes(), names.isEmpty() ? "" : names.get(names.size() - 1));
        }
    }

    /** A block of another codec, as it is. */
    private void block(Cid cid) throws IOException {
        byte[] data = blocks.get(cid);
        boolean cbor = cid.codec() == Cid.DAG_CBOR;
        headers(FOREVER, "\"" + cid + "\"", cbor ? "application/vnd.ipld.dag-cbor" : "application/octet-stream");
        disposition(true, cid + (cbor ? ".cbor" : ".bin"));
        Range range = range(data.length);
        if (range != null && !isHead()) {
            Reply.await(exchange.write(ByteBuffer.wrap(data, (int) range.from(), (int) range.length())));
        }
    }

    private void file(Cid cid, long size, String name) throws IOException {
        String etag = "\"" + cid + "\"";
        if (unchanged(etag)) {
            return;
        }
        String shown = request.parameter("filename").isEmpty() ? name : request.parameter("filename");
        headers(FOREVER, etag, MediaTypes.of(shown, () -> reader.open(cid)));
        boolean download = request.parameter("download").equals("true");
        if (download || !request.parameter("filename").isEmpty()) {
            disposition(download, shown.isEmpty() ? cid.toString() : shown);
        }
        Range range = range(size);
        if (range != null && !isHead()) {
            try (OutputStream out = new BufferedOutputStream(new Reply.Body(exchange), BUFFER_BYTES)) {
                FileCommands.copy(reader, cid, range.from(), range.length(), out);
            }
        }
    }

    private void directory(Cid cid) throws IOException {
        String query = request.rawTarget().indexOf('?') < 0
                ? ""
                : request.rawTarget().substring(request.rawTarget().indexOf('?'));
        if (!slash) {
            String raw = request.rawTarget().substring(0, request.rawTarget().length() - query.length());
            exchange.header("Location", raw + "/" + query).header("X-Ipfs-Path", request.path());
            Reply.plain(exchange, 301, "Moved Permanently");
            return;
        }
        Cid index;
        try {
            index = reader.resolve(cid, "index.html");
        } catch (NoSuchEntryException none) {
            listing(cid);
            return;
        }
        roots.add(index);
        UnixFsStat stat = reader.stat(index);
        if (stat.type() == UnixFsType.DIRECTORY || stat.type() == UnixFsType.HAMT_SHARD) {
            listing(cid);
        } else {
            file(index, stat.fileBytes(), "index.html");
        }
    }

    private void listing(Cid cid) throws IOException {
        String etag = "\"DirIndex-pinion1_CID-" + cid + "\"";
        if (unchanged(etag)) {
            return;
        }
        headers(WEEK, etag, "text/html; charset=utf-8");
        exchange.header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
        if (!isHead()) {
            try (OutputStream out = new BufferedOutputStream(new Reply.Body(exchange), BUFFER_BYTES)) {
                ListingPage.write(request.path(), cid, !names.isEmpty(), reader, out);
            }
        }
    }

    private void disposition(boolean attachment, String name) {
        String plain = name.replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "_");
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        exchange.header(
                "Content-Disposition",
                (attachment ? "attachment" : "inline") + "; filename=\"" + plain + "\"; filename*=UTF-8''" + encoded);
    }

    /** What is sent of the content. */
    private record Range(long from, long length) {}

    /** Answers a range request's headers; null if nothing of the content was asked for, which is answered. */
    private @Nullable Range range(long size) {
        exchange.header("Accept-Ranges", "bytes");
        ByteRange asked = ByteRange.parse(request.header("range").orElse(""), size);
        if (asked == null) {
            exchange.header("Content-Length", Long.toString(size));
            return new Range(0, size);
        }
        if (asked.length() <= 0) {
            exchange.status(416).header("Content-Range", "bytes */" + size).header("Content-Length", "0");
            return null;
        }
        exchange.status(206)
                .header(
                        "Content-Range",
                        "bytes " + asked.from() + "-" + (asked.from() + asked.length() - 1) + "/" + size)
                .header("Content-Length", Long.toString(asked.length()));
        return new Range(asked.from(), asked.length());
    }
}
