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
package org.pinion.client;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.state.PinQuery;

/** Options as query parameters, with the names and the order of the reference's client. */
final class Queries {
    private Queries() {}

    static String of(PinOptions options) {
        StringBuilder out = new StringBuilder(200);
        Instant expireAt = options.expireAt();
        if (expireAt != null) {
            add(out, "expire-at", expireAt.toString());
        }
        options.metadata().forEach((key, value) -> add(out, "meta-" + key, value));
        add(out, "mode", options.mode().text());
        add(out, "name", options.name());
        if (!options.origins().isEmpty()) {
            add(out, "origins", joined(options.origins()));
        }
        if (options.pinUpdate() != null) {
            add(out, "pin-update", options.pinUpdate().toString());
        }
        add(out, "replication-max", Integer.toString(options.replicationMax()));
        add(out, "replication-min", Integer.toString(options.replicationMin()));
        add(out, "shard-size", Long.toUnsignedString(options.shardSize()));
        add(out, "user-allocations", joined(options.userAllocations()));
        return out.toString();
    }

    static String of(AddParams params) {
        StringBuilder out = new StringBuilder(of(params.pin()));
        add(out, "chunker", params.chunker());
        add(out, "cid-version", Integer.toString(params.cidVersion()));
        add(out, "format", params.format());
        add(out, "hash", params.hash());
        add(out, "hidden", Boolean.toString(params.hidden()));
        if (params.inlineLimitBytes() > 0) {
            // not in the reference, so only where it is wanted
            add(out, "inline", "true");
            add(out, "inline-limit", Integer.toString(params.inlineLimitBytes()));
        }
        add(out, "layout", params.layout());
        add(out, "local", Boolean.toString(params.local()));
        add(out, "no-pin", Boolean.toString(params.noPin()));
        add(out, "nocopy", Boolean.toString(params.noCopy()));
        add(out, "progress", Boolean.toString(params.progress()));
        add(out, "raw-leaves", Boolean.toString(params.rawLeaves()));
        add(out, "recursive", "true");
        add(out, "shard", Boolean.toString(params.shard()));
        add(out, "stream-channels", "true");
        add(out, "wrap-with-directory", Boolean.toString(params.wrap()));
        return out.toString();
    }

    /** Conditions and a page of a list. */
    static String of(PinQuery query, Page page) {
        StringBuilder out = new StringBuilder(100);
        String name = query.name();
        if (name != null) {
            add(out, "name", name);
        }
        if (!query.namePrefix().isEmpty()) {
            add(out, "name-prefix", query.namePrefix());
        }
        query.metadata().forEach((key, value) -> add(out, "meta-" + key, value));
        Instant from = query.createdFrom();
        if (from != null) {
            add(out, "created-after", from.toString());
        }
        Instant before = query.createdBefore();
        if (before != null) {
            add(out, "created-before", before.toString());
        }
        if (!query.types().isEmpty()) {
            add(out, "type", query.types().stream().map(PinType::text).collect(Collectors.joining(",")));
        }
        Cid after = page.after();
        if (after != null) {
            add(out, "after", after.toString());
        }
        if (page.limit() > 0) {
            add(out, "limit", Integer.toString(page.limit()));
        }
        return out.toString();
    }

    private static String joined(List<?> values) {
        return values.stream().map(Object::toString).collect(Collectors.joining(","));
    }

    private static void add(StringBuilder out, String name, String value) {
        out.append(out.length() == 0 ? "" : "&")
                .append(ClusterClient.encode(name))
                .append('=')
                .append(ClusterClient.encode(value));
    }
}
