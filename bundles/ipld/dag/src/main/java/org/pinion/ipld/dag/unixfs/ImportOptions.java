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
package org.pinion.ipld.dag.unixfs;

import org.pinion.ipld.dag.chunk.ChunkerSpec;
import org.pinion.ipld.multiformats.Hashes;
import org.pinion.ipld.multiformats.Multihash;

/**
 * How files become DAGs. Checked when made; the texts of errors are those of the reference.
 *
 * @param chunker size-N, rabin, rabin-AVG, rabin-MIN-AVG-MAX, buzhash, default
 * @param rawLeaves whether leaves of files are the bare chunks; note that Kubo turns this on with version 1
 * @param cidVersion 0 or 1; raw leaves have version 1 CIDs always
 * @param hash multihash name in any case; only sha2-256 goes with version 0
 * @param layout how leaves are put together
 * @param inlineLimitBytes longest block that is put into its CID (identity hash), 0 for none; Kubo's is 32
 * @param maxLinks links of an inner node of a file, Kubo's is 174
 * @param hamtThresholdBytes directories whose names and CIDs together are longer become HAMTs; Kubo's is 256 KiB
 */
public record ImportOptions(
        String chunker,
        boolean rawLeaves,
        int cidVersion,
        String hash,
        Layout layout,
        int inlineLimitBytes,
        int maxLinks,
        long hamtThresholdBytes) {
    /** What {@code ipfs add} does without options. */
    public static final ImportOptions DEFAULT =
            new ImportOptions("size-262144", false, 0, "sha2-256", Layout.BALANCED, 0, 174, 256 << 10);

    private static final int MAX_INLINE_BYTES = 128; // what Kubo allows in an identity CID
    private static final int MAX_LINKS = 16_384;

    public ImportOptions {
        ChunkerSpec.parse(chunker);
        if (cidVersion != 0 && cidVersion != 1) {
            throw new IllegalArgumentException("bad CID Version: unknown CID version: " + cidVersion);
        }
        long code = Hashes.code(hash)
                .orElseThrow(() -> new IllegalArgumentException("hash function name not known: \"" + hash + "\""));
        if (cidVersion == 0 && code != Multihash.SHA2_256) {
            throw new IllegalArgumentException("invalid cid: invalid v0 prefix");
        }
        check("inline limit", inlineLimitBytes, 0, MAX_INLINE_BYTES);
        check("links per node", maxLinks, 2, MAX_LINKS);
        check("HAMT threshold", hamtThresholdBytes, 0, 1 << 20);
    }

    private static void check(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + " must be from " + min + " to " + max + ": " + value);
        }
    }

    /** The same with another chunker. */
    public ImportOptions withChunker(String name) {
        return new ImportOptions(
                name, rawLeaves, cidVersion, hash, layout, inlineLimitBytes, maxLinks, hamtThresholdBytes);
    }

    /** The same with or without raw leaves. */
    public ImportOptions withRawLeaves(boolean raw) {
        return new ImportOptions(
                chunker, raw, cidVersion, hash, layout, inlineLimitBytes, maxLinks, hamtThresholdBytes);
    }

    /** The same with other CIDs; both together because not every pair is allowed. */
    public ImportOptions withCids(int version, String hashName) {
        return new ImportOptions(
                chunker, rawLeaves, version, hashName, layout, inlineLimitBytes, maxLinks, hamtThresholdBytes);
    }

    /** The same with another layout. */
    public ImportOptions withLayout(Layout other) {
        return new ImportOptions(
                chunker, rawLeaves, cidVersion, hash, other, inlineLimitBytes, maxLinks, hamtThresholdBytes);
    }

    /** The same with another limit for blocks inside their CIDs. */
    public ImportOptions withInlineLimitBytes(int bytes) {
        return new ImportOptions(chunker, rawLeaves, cidVersion, hash, layout, bytes, maxLinks, hamtThresholdBytes);
    }

    /** The same with another number of links for each inner node. */
    public ImportOptions withMaxLinks(int links) {
        return new ImportOptions(
                chunker, rawLeaves, cidVersion, hash, layout, inlineLimitBytes, links, hamtThresholdBytes);
    }

    /** The same with another threshold for HAMT directories. */
    public ImportOptions withHamtThresholdBytes(long bytes) {
        return new ImportOptions(chunker, rawLeaves, cidVersion, hash, layout, inlineLimitBytes, maxLinks, bytes);
    }
}
