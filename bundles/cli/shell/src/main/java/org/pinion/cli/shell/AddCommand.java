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
package org.pinion.cli.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.cli.shell.Spec.Arg;
import org.pinion.client.add.AddFlags;
import org.pinion.client.add.FileTree;
import org.pinion.client.command.Option;
import org.pinion.client.pin.PinFlags;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddOutput.Added;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Pinset;

/** {@code add}: files and folders of the machine that the peer runs on. */
final class AddCommand {
    private final Call call;
    private @Nullable Added last;

    private AddCommand(Call call) {
        this.call = call;
    }

    static Spec spec() {
        List<Option> options = new ArrayList<>();
        options.addAll(AddFlags.scope());
        options.add(Option.flag("send blocks to this peer only", "local"));
        options.addAll(PinCommands.options());
        options.addAll(AddFlags.blocks());
        options.addAll(AddFlags.shards());
        options.add(Call.JSON);
        return new Spec(
                "add",
                List.of(new Arg("path", true, true, Source.FILE)),
                "Add files and folders of the machine that the peer runs on, and pin them",
                """
                The peer reads them with its own rights; relative paths begin at the folder in which it was started. The CIDs \
                are those of ipfs add with the same options. Several paths are put into one folder. For files of another \
                machine there is ipfs-cluster-ctl add.

                With --format car a CAR file with a single root is imported, and options about blocks have no effect.
                """,
                List.of(
                        "cluster:add -r --name photos --rmin 2 --rmax 3 /srv/photos",
                        "cluster:add --format car -Q /srv/site.car"),
                options,
                call -> new AddCommand(call).run());
    }

    private void run() throws IOException {
        List<Path> paths = new ArrayList<>();
        for (String text : call.arguments()) {
            Path path = Path.of(text);
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                throw ShellFailure.failed(path.toAbsolutePath() + ": no such file or directory on the peer's machine");
            }
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && !call.flag("recursive")) {
                throw ShellFailure.usage(path + " is a directory, use -r to add it with what is in it");
            }
            paths.add(path);
        }
        AddParams params = params(paths.size() > 1);
        if (params.format().equals("car") && params.wrap()) {
            throw ShellFailure.usage("a CAR file cannot be wrapped, nor added with other paths");
        }
        Cid root;
        try (FileTree files = new FileTree(paths, params.hidden(), false)) {
            root = call.service(Adder.class).add(() -> next(files), params, this::added);
        } finally {
            if (call.flag("quieter") && last != null) {
                call.print(one(last));
            }
        }
        if (call.flag("wait") && !params.noPin()) {
            int fewest = call.service(Pinset.class)
                    .get(root)
                    .map(Pin::options)
                    .map(PinOptions::replicationMin)
                    .orElse(params.pin().replicationMin());
            Waiting.until(call, root, TrackerStatus.PINNED, fewest);
        }
    }

    private static AddSource.@Nullable Entry next(FileTree files) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw ShellFailure.interrupted();
        }
        return files.next();
    }

    private void added(Added line) {
        if (line.cid() == null) {
            return;
        }
        last = line;
        if (!call.flag("quieter")) {
            call.print(one(line));
        }
    }

    private String one(Added line) {
        if (call.isJson()) {
            return call.json().added(line);
        }
        boolean quiet = call.flag("quiet") || call.flag("quieter");
        return quiet ? line.cid() + "\n" : "added " + line.cid() + " " + line.name() + "\n";
    }

    private AddParams params(boolean several) {
        PinOptions.Builder pin = PinFlags.read(call, call::peer);
        oneOf("format", "unixfs", "car");
        if (!call.option("layout").isEmpty()) {
            oneOf("layout", "balanced", "trickle");
        }
        return AddFlags.read(call, pin, several);
    }

    private void oneOf(String option, String... known) {
        if (!List.of(known).contains(call.option(option))) {
            throw ShellFailure.usage(
                    "--" + option + ": \"" + call.option(option) + "\" is none of " + String.join(", ", known));
        }
    }
}
