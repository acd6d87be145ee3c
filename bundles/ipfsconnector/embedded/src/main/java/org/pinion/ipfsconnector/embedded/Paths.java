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
package org.pinion.ipfsconnector.embedded;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.BlockSource;
import org.pinion.ipld.dag.unixfs.NoSuchEntryException;
import org.pinion.ipld.dag.unixfs.UnixFsReader;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** Finds what IPFS paths lead to. */
final class Paths {
    private Paths() {}

    /**
     * The CID at the end of {@code /ipfs/<cid>/a/b}, {@code /ipld/<cid>} or the same without the first part.
     *
     * @throws ClusterException {@code BAD_REQUEST}, {@code NOT_FOUND}, {@code NOT_SUPPORTED} for names, or what the
     *     blocks fail with
     */
    static Cid resolve(String path, BlockSource blocks) {
        String rest = path.startsWith("/") ? path.substring(1) : "ipfs/" + path;
        int slash = rest.indexOf('/');
        String namespace = slash < 0 ? rest : rest.substring(0, slash);
        if (namespace.equals("ipns")) {
            throw new ClusterException(
                    ErrorCode.NOT_SUPPORTED,
                    "cannot resolve " + path
                            + ": the embedded IPFS node has no /ipns; resolve the name elsewhere and use"
                            + " /ipfs/<cid>");
        }
        if (slash < 0 || !(namespace.equals("ipfs") || namespace.equals("ipld"))) {
            throw bad(path, "it does not start with /ipfs/<cid>", null);
        }
        String[] parts = rest.substring(slash + 1).split("/", 2);
        Cid root;
        try {
            root = Cid.parse(parts[0]);
        } catch (IllegalArgumentException e) {
            throw bad(path, String.valueOf(e.getMessage()), e);
        }
        String below = parts.length == 1 ? "" : parts[1].replaceAll("/+$", "");
        if (below.isEmpty()) {
            return root;
        }
        try {
            return new UnixFsReader(blocks).resolve(root, below);
        } catch (NoSuchEntryException e) {
            throw new ClusterException(ErrorCode.NOT_FOUND, "cannot resolve " + path + ": " + e.getMessage(), e);
        } catch (IOException | IllegalArgumentException e) {
            throw bad(path, String.valueOf(e.getMessage()), e);
        }
    }

    private static ClusterException bad(String path, String why, @Nullable Exception cause) {
        String text = "invalid path \"" + path + "\": " + why;
        return cause == null
                ? new ClusterException(ErrorCode.BAD_REQUEST, text)
                : new ClusterException(ErrorCode.BAD_REQUEST, text, cause);
    }
}
