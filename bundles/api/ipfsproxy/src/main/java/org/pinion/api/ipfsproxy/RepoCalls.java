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
package org.pinion.api.ipfsproxy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.RepoGc;
import org.pinion.spi.RepoStat;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.rpc.RpcMethods;

/** Commands for the repositories of all peers' nodes. */
final class RepoCalls {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final RepoStat NOTHING = new RepoStat(0, 0);

    private final Components components;

    RepoCalls(Components components) {
        this.components = components;
    }

    /** The sums; a peer that does not answer counts nothing. */
    CompletionStage<Void> stat(Exchange exchange) {
        List<CompletableFuture<RepoStat>> asked = new ArrayList<>();
        for (PeerId peer : components.consensus().peers()) {
            asked.add(stat(peer).exceptionally(failure -> {
                Replies.LOG.warn("peer={} repo/stat: {}", peer, failure.toString());
                return NOTHING;
            }));
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenCompose(done -> {
                    long size = 0;
                    long limit = 0;
                    for (CompletableFuture<RepoStat> answer : asked) {
                        size += answer.join().repoBytes();
                        limit += answer.join().storageMaxBytes();
                    }
                    return sums(exchange, new RepoStat(size, limit));
                });
    }

    private CompletableFuture<RepoStat> stat(PeerId peer) {
        try {
            if (peer.equals(components.self())) {
                return components.repo().stat();
            }
            return components
                    .rpc()
                    .call(peer, RpcMethods.IPFS_REPO_STAT, null, TIMEOUT)
                    .thenApply(answer -> answer == null ? NOTHING : answer);
        } catch (ClusterException missing) {
            return CompletableFuture.failedFuture(missing);
        }
    }

    private static CompletionStage<Void> sums(Exchange exchange, RepoStat sums) {
        return Replies.document(exchange, 200, out -> {
            out.writeStartObject();
            out.writeNumberField("RepoSize", sums.repoBytes());
            out.writeNumberField("StorageMax", sums.storageMaxBytes());
            // not counted; Kubo's JavaScript client fails without it
            out.writeNumberField("NumObjects", 0);
            out.writeEndObject();
        });
    }

    CompletionStage<Void> collect(Exchange exchange) {
        boolean stream = exchange.request().parameter("stream-errors").equals("true");
        exchange.announceTrailer(Replies.STREAM_ERROR);
        List<RepoGc> results = Replies.await(components.health().collectGarbage());
        StringBuilder errors = new StringBuilder();
        for (RepoGc peer : results) {
            for (RepoGc.Removed key : peer.keys()) {
                Replies.line(exchange, out -> {
                    out.writeStartObject();
                    out.writeFieldName("Key");
                    cid(out, key.cid());
                    if (stream && !key.error().isEmpty()) {
                        out.writeStringField("Error", key.error());
                    }
                    out.writeEndObject();
                });
                if (!stream && !key.error().isEmpty()) {
                    errors.append(errors.length() == 0 ? "" : " ")
                            .append(key.error())
                            .append(';');
                }
            }
        }
        if (errors.length() > 0) {
            exchange.trailer(Replies.STREAM_ERROR, errors.toString());
        }
        return CompletableFuture.completedFuture(null);
    }

    static void cid(com.fasterxml.jackson.core.JsonGenerator out, @Nullable Cid cid) throws java.io.IOException {
        if (cid == null) {
            out.writeNull();
        } else {
            out.writeStartObject();
            out.writeStringField("/", cid.toString());
            out.writeEndObject();
        }
    }
}
