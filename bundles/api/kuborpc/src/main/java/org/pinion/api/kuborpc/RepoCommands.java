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
import java.util.List;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.RepoGc;
import org.pinion.spi.RepoStat;
import org.pinion.spi.flow.Cursor;

/** The node's repository. */
final class RepoCommands {
    private final Node node;

    RepoCommands(Node node) {
        this.node = node;
    }

    List<Command> commands() {
        return List.of(
                Command.of("repo/stat", this::stat, "size-only", "human"),
                Command.of("stats/repo", this::stat, "size-only", "human"),
                Command.of("repo/gc", this::collect, "stream-errors", "quiet", "silent"),
                Command.of("repo/verify", this::verify),
                Command.of(
                        "repo/version", call -> Reply.single(call, Json.object("Version", NodeCommands.REPO_VERSION))));
    }

    private void stat(Call call) throws IOException {
        boolean sizeOnly = call.flag("size-only", false);
        RepoStat stat = Node.await(node.repo().stat(), call.deadline());
        Reply.single(
                call,
                Json.object(
                        "RepoSize",
                        stat.repoBytes(),
                        "StorageMax",
                        stat.storageMaxBytes(),
                        "NumObjects",
                        sizeOnly ? 0 : Math.max(node.blocks().count(), 0),
                        "RepoPath",
                        "",
                        "Version",
                        sizeOnly ? "" : "fs-repo@" + NodeCommands.REPO_VERSION));
    }

    private void collect(Call call) throws IOException {
        boolean streamErrors = call.flag("stream-errors", false);
        boolean silent = call.flag("silent", false);
        Reply.Values out = Reply.values(call);
        int failures = 0;
        try (Cursor<RepoGc.Removed> removed = node.repo().collectGarbage()) {
            for (RepoGc.Removed one = removed.next(); one != null; one = removed.next()) {
                Cid cid = one.cid();
                if (!one.error().isEmpty()) {
                    failures++;
                    if (streamErrors) {
                        out.put(Json.object("Error", one.error()));
                    }
                } else if (cid != null && !silent) {
                    out.put(Json.object("Key", Json.object("/", cid.toString())));
                }
            }
        }
        if (failures > 0) {
            throw new KuboException("encountered " + failures + " errors during gc run");
        }
        out.flush();
    }

    private void verify(Call call) throws IOException {
        Reply.Values out = Reply.values(call);
        long seen = 0;
        long bad = 0;
        try (Cursor<Cid> all = node.blocks().list()) {
            for (Cid cid = all.next(); cid != null; cid = all.next()) {
                call.deadline().left();
                byte[] data = node.blocks().get(cid);
                if (data != null && !cid.multihash().matches(data)) {
                    bad++;
                    out.put(Json.object(
                            "Msg", "block " + cid + " was corrupt (its bytes do not match)", "Progress", 0));
                }
                seen++;
                out.put(Json.object("Msg", "", "Progress", seen));
            }
        }
        if (bad > 0) {
            throw new KuboException("verify complete, " + bad + " blocks corrupt");
        }
        out.put(Json.object("Msg", "verify complete, all blocks validated.", "Progress", 0));
        out.flush();
    }
}
