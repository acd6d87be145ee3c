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
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.BlockSource;
import org.pinion.ipld.dag.car.CarWriter;
import org.pinion.ipld.dag.unixfs.UnixFsReader;
import org.pinion.ipld.dag.unixfs.UnixFsStat;
import org.pinion.ipld.dag.unixfs.UnixFsType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;

/** Blocks that are read on their way into a CAR: first those of the path, then those that the scope asks for. One thread. */
final class CarBlocks implements BlockSource {
    private static final int SKIP_BYTES = 64 << 10;

    private final BlockSource source;
    private final List<Cid> path = new ArrayList<>();
    private final Seen seen = new Seen();
    private boolean recording;
    private boolean dups;
    private @Nullable CarWriter car;

    CarBlocks(BlockSource source) {
        this.source = source;
    }

    /** Remembers what is read from now on. */
    void record() {
        recording = true;
    }

    @Override
    public byte[] get(Cid cid) throws IOException {
        byte[] data = source.get(cid);
        CarWriter out = car;
        if (out != null) {
            write(out, cid, data);
        } else if (recording) {
            path.add(cid);
        }
        return data;
    }

    private void write(CarWriter out, Cid cid, byte[] data) throws IOException {
        if (cid.multihash().code() != Multihash.IDENTITY && (dups || seen.add(cid))) {
            out.write(new Block(cid, data));
        }
    }

    /** Writes the archive. */
    void write(OutputStream to, Cid end, Format format) throws IOException {
        dups = format.dups();
        recording = false;
        CarWriter out = new CarWriter(to, List.of(end));
        for (Cid cid : path) {
            write(out, cid, source.get(cid));
        }
        switch (format.scope()) {
            case "block" -> write(out, end, source.get(end));
            case "entity" -> {
                car = out;
                entity(end, format);
            }
            default -> new DagWalk(source, new Seen(), dups).run(end, (cid, data) -> write(out, cid, data));
        }
        to.flush();
    }

    private void entity(Cid end, Format format) throws IOException {
        if (end.codec() != Cid.DAG_PB) {
            get(end);
            return;
        }
        UnixFsReader plain = new UnixFsReader(source);
        UnixFsStat stat = plain.stat(end);
        UnixFsReader reader = new UnixFsReader(this);
        if (stat.type() == UnixFsType.DIRECTORY || stat.type() == UnixFsType.HAMT_SHARD) {
            reader.forEachEntry(end, entry -> {});
        } else if (stat.type() == UnixFsType.SYMLINK) {
            get(end);
        } else {
            long size = stat.fileBytes();
            long from = Math.max(0, format.from() < 0 ? size + format.from() : format.from());
            long to = Math.min(size - 1, format.to() < 0 ? size - 1 + format.to() : format.to());
            read(reader, end, from, to - from + 1);
        }
    }

    private static void read(UnixFsReader reader, Cid file, long from, long length) throws IOException {
        byte[] nowhere = new byte[SKIP_BYTES];
        long left = length;
        try (InputStream in = reader.open(file, from)) {
            while (left > 0) {
                int size = in.read(nowhere, 0, (int) Math.min(nowhere.length, left));
                if (size < 0) {
                    return;
                }
                left -= size;
            }
        }
    }
}
