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
package org.pinion.adder;

import java.io.IOException;
import java.util.List;
import org.pinion.ipld.dag.unixfs.ImportOptions;
import org.pinion.ipld.dag.unixfs.Layout;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Hashes;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddSource;

/** Turns what a source has into blocks, and tells the roots that are to be pinned. */
@FunctionalInterface
interface Roots {
    /** The roots in the order they were made. */
    List<Cid> of(AddSource source) throws IOException;

    /** What the parameters say about files, checked. */
    static ImportOptions options(AddParams params) {
        Layout layout = switch (params.layout()) {
            case "", "balanced" -> Layout.BALANCED;
            case "trickle" -> Layout.TRICKLE;
            default -> throw bad("layout parameter is invalid");
        };
        if (Hashes.code(params.hash()).isEmpty()) {
            throw bad("hash function name not known");
        }
        try {
            return ImportOptions.DEFAULT
                    .withChunker(params.chunker())
                    .withRawLeaves(params.rawLeaves())
                    .withCids(params.cidVersion(), params.hash())
                    .withLayout(layout)
                    .withInlineLimitBytes(params.inlineLimitBytes());
        } catch (IllegalArgumentException e) {
            throw new ClusterException(ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()), e);
        }
    }

    /** An error of the caller. */
    static ClusterException bad(String text) {
        return new ClusterException(ErrorCode.BAD_REQUEST, text);
    }
}
