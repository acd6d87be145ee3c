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

import java.util.ArrayList;
import java.util.List;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** Commands of Kubo that the embedded node does not have, each with what to use instead. */
final class Absent {
    private static final String MFS =
            "the embedded IPFS node has no mutable file system; use add, or a Kubo node and the"
                    + " ipfshttp connector";
    private static final String NAMES =
            "the embedded IPFS node has no /ipns; resolve and publish names elsewhere and use" + " /ipfs/<cid>";
    private static final String FILESTORE =
            "the embedded IPFS node has no filestore; add without nocopy, or use a Kubo node and the ipfshttp connector";
    private static final String ROUTING = "the embedded IPFS node has no content routing; tell it peers with"
            + " ipfs_connector.embedded.peering or swarm/connect";
    private static final String PROGRAM =
            "this is a command of the Kubo program; the embedded IPFS node is controlled by"
                    + " ipfs-cluster-service and service.json";

    private Absent() {}

    static List<Command> commands() {
        List<Command> all = new ArrayList<>();
        for (String name :
                new String[] {"chcid", "chmod", "chroot", "cp", "flush", "mkdir", "mv", "rm", "touch", "write"}) {
            all.add(absent("files/" + name, MFS));
        }
        for (String name : new String[] {
            "name/publish",
            "name/resolve",
            "name/inspect",
            "name/put",
            "name/get",
            "dns",
            "key/gen",
            "key/list",
            "key/rm",
            "key/rename"
        }) {
            all.add(absent(name, NAMES));
        }
        for (String name : new String[] {"filestore/dups", "filestore/ls", "filestore/verify", "urlstore/add"}) {
            all.add(absent(name, FILESTORE));
        }
        for (String name : new String[] {
            "routing/findpeer",
            "routing/findprovs",
            "routing/get",
            "routing/provide",
            "routing/put",
            "dht/query",
            "dht/findprovs"
        }) {
            all.add(absent(name, ROUTING));
        }
        for (String name : new String[] {
            "shutdown",
            "update",
            "repo/migrate",
            "config/edit",
            "config/replace",
            "config/profile/apply",
            "bootstrap/add",
            "bootstrap/rm",
            "pin/remote/add",
            "pin/remote/ls",
            "pin/remote/rm",
            "log/level",
            "log/ls",
            "log/tail",
            "diag/cmds",
            "diag/profile",
            "diag/sys",
            "mount",
            "swarm/filters/add",
            "swarm/peering/add",
            "swarm/peering/rm"
        }) {
            all.add(absent(name, PROGRAM));
        }
        return all;
    }

    private static Command absent(String name, String instead) {
        return Command.of(name, call -> {
            throw notThere(name, instead);
        });
    }

    static ClusterException notThere(String what, String instead) {
        return new ClusterException(ErrorCode.NOT_SUPPORTED, what + " is not there: " + instead);
    }

    /** Content that stays in files. */
    static ClusterException filestore(String what) {
        return notThere(what, FILESTORE);
    }

    /** The mutable file system. */
    static ClusterException files(String what) {
        return notThere(what, MFS);
    }

    /** What is set in service.json. */
    static ClusterException program(String what) {
        return notThere(what, PROGRAM);
    }
}
