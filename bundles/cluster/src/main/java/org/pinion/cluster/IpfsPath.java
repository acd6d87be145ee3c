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
package org.pinion.cluster;

import java.util.Optional;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** Paths of content: {@code /ipfs/…}, {@code /ipns/…}, {@code /ipld/…}, or a CID with or without something behind it. */
final class IpfsPath {
    private IpfsPath() {}

    /**
     * The CID of a path that leads to one without a look at the content.
     *
     * @throws ClusterException BAD_REQUEST if the path is none
     */
    static Optional<Cid> cid(String path) {
        String[] parts = parts(path);
        if (parts.length != 2 || parts[0].equals("ipns")) {
            return Optional.empty();
        }
        return Optional.of(parse(path, parts[1]));
    }

    /** The path with its namespace, as an IPFS node wants it. */
    static String withNamespace(String path) {
        return "/" + String.join("/", parts(path));
    }

    private static String[] parts(String path) {
        String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        boolean bare = !trimmed.startsWith("/");
        String[] parts = (bare ? "ipfs/" + trimmed : trimmed.substring(1)).split("/", -1);
        if (parts.length < 2 || !(parts[0].equals("ipfs") || parts[0].equals("ipns") || parts[0].equals("ipld"))) {
            throw bad(path, "it must start with /ipfs/, /ipns/, /ipld/ or a CID");
        }
        if (!parts[0].equals("ipns")) {
            parse(path, parts[1]);
        }
        return parts;
    }

    private static Cid parse(String path, String cid) {
        try {
            return Cid.parse(cid);
        } catch (IllegalArgumentException e) {
            throw bad(path, String.valueOf(e.getMessage()));
        }
    }

    private static ClusterException bad(String path, String reason) {
        return new ClusterException(ErrorCode.BAD_REQUEST, "invalid path \"" + path + "\": " + reason);
    }
}
