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
package org.pinion.client.add;

import java.util.List;
import org.pinion.client.command.Invocation;
import org.pinion.client.command.Option;
import org.pinion.spi.PinOptions;
import org.pinion.spi.adder.AddParams;

/** The options of commands that add content. Any thread. */
public final class AddFlags {
    private AddFlags() {}

    /** What is taken, and what is printed. */
    public static List<Option> scope() {
        return List.of(
                Option.flag("add folders with what is in them", "recursive", "r"),
                Option.flag("print CIDs only", "quiet", "q"),
                Option.flag("print the last CID only", "quieter", "Q"));
    }

    /** What becomes of the content, and which blocks it makes. */
    public static List<Option> blocks() {
        return List.of(
                Option.flag("add without pinning", "no-pin"),
                Option.flag("wait until the content is pinned", "wait"),
                Option.duration("0s", "give up waiting after this duration", "wait-timeout", "wt"),
                Option.flag("put a folder around everything", "wrap-with-directory", "w"),
                Option.text("unixfs", "unixfs or car", "format"),
                Option.text("", "balanced or trickle", "layout"),
                Option.flag("also take files that begin with a dot from folders", "hidden", "H"),
                Option.text("size-262144", "size-<bytes>, rabin[-min-avg-max] or buzhash", "chunker", "s"),
                Option.flag("leaves are raw blocks", "raw-leaves"),
                Option.number("0", "0 or 1", "cid-version"),
                Option.text("sha2-256", "hash function", "hash"));
    }

    /** How it is split over the peers. */
    public static List<Option> shards() {
        return List.of(
                Option.flag("split over the peers in shards", "shard"),
                Option.number("104857600", "bytes of a shard", "shard-size"));
    }

    /**
     * What the options say; those that a command does not have count as not given.
     *
     * @param pin the options of the pin
     * @param several whether there are several paths, which are put into one folder
     */
    public static AddParams read(Invocation call, PinOptions.Builder pin, boolean several) {
        boolean noCopy = call.flag("nocopy");
        String hash = call.option("hash");
        int version = hash.equals("sha2-256") ? call.number("cid-version") : 1;
        return new AddParams(
                pin.shardSize(call.number("shard-size")).build(),
                call.option("format"),
                call.option("layout"),
                call.option("chunker"),
                call.flag("raw-leaves") || version > 0 || noCopy,
                version,
                hash,
                call.flag("wrap-with-directory") || several,
                call.flag("hidden"),
                false,
                call.flag("shard"),
                call.flag("local"),
                noCopy,
                call.flag("no-pin"),
                call.flag("inline") ? call.number("inline-limit") : 0);
    }
}
