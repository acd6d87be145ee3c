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
package org.pinion.cli.ctl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.client.ApiException;
import org.pinion.client.add.AddFlags;
import org.pinion.client.command.Option;
import org.pinion.client.pin.PinFlags;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddOutput.Added;
import org.pinion.spi.adder.AddParams;

/** {@code add}: sends files while it prints what was added. */
final class AddCommand {
    private static final String ABOUT = """
            Sends files, folders and what is behind http and https URLs; the contacted peer makes the blocks and gives them to \
            the peers that shall pin them. The CIDs are those of ipfs add with the same options. Several paths are put into \
            one folder.

            With --format car a CAR file with a single root is imported, and options about blocks have no effect.

            With --local the blocks go to the contacted peer, which is faster; the others fetch them when they pin.

            A replication factor of -1 means every peer, 0 the cluster's default.
            """;

    private final Call call;
    private final boolean quiet;
    private final boolean quieter;
    private final boolean stream;
    private final List<Added> collected = new ArrayList<>();
    private @Nullable Progress progress;
    private @Nullable Added last;

    private AddCommand(Call call) {
        this.call = call;
        this.quiet = call.flag("quiet");
        this.quieter = call.flag("quieter");
        this.stream = !call.flag("no-stream");
    }

    static Command command() {
        List<Option> options = new ArrayList<>();
        options.addAll(AddFlags.scope());
        options.add(Option.flag("print everything at the end", "no-stream"));
        options.add(Option.flag("show the progress even when the output is no terminal", "progress", "p"));
        options.add(Option.flag("send blocks to the contacted peer only", "local"));
        options.addAll(PinFlags.description("peers to prefer, with commas"));
        options.addAll(PinFlags.replication());
        options.addAll(AddFlags.blocks());
        options.add(Option.flag("put small blocks into their CIDs", "inline"));
        options.add(Option.number("32", "longest block for inline, in bytes", "inline-limit"));
        options.addAll(AddFlags.shards());
        options.add(Option.flag("refer to URLs instead of copying", "nocopy"));
        return new Command(
                "add", "<path>...", "Add files and folders and pin them; - is standard input", ABOUT, options, call -> {
                    new AddCommand(call).run();
                });
    }

    private void run() throws IOException {
        List<String> paths = call.arguments();
        if (paths.isEmpty()) {
            throw CtlException.doing("", "need at least one path");
        }
        AddParams params = AddFlags.read(call, PinFlags.read(call, AddCommand::peer), paths.size() > 1);
        check(paths, params);
        try (FileSource source = new FileSource(paths, params.hidden(), System.in)) {
            boolean shown = call.flag("progress") || (call.terminal().errorScreen() && !quiet && !quieter);
            long total = shown ? FileSource.totalBytes(paths, params.hidden()) : -1;
            progress = shown ? new Progress(call.err(), source::bytesRead, total, System::nanoTime) : null;
            send(source, params);
        }
        Added root = last;
        if (call.flag("wait") && root != null && root.cid() != null) {
            Waiting.until(
                    call, root.cid(), TrackerStatus.PINNED, minimum(root.cid(), params), call.duration("wait-timeout"));
        }
    }

    private void send(FileSource source, AddParams params) throws IOException {
        try {
            call.client().add(new Watched(source, this::tick), params, AddCommand::start, this::added);
        } catch (DownloadException e) {
            // as the reference: a source on the network counts as a failed call
            throw new ApiException(String.valueOf(e.getMessage()), e);
        } finally {
            if (progress != null) {
                progress.clear();
            }
            // also before an error: what came is shown
            finish();
        }
    }

    private static void start(Runnable sender) {
        Thread thread = new Thread(sender, "ctl-add");
        thread.setDaemon(true);
        thread.start();
    }

    private void tick() {
        if (progress != null) {
            progress.tick();
        }
    }

    private void added(Added line) {
        if (line.cid() == null) {
            return;
        }
        last = line;
        if (!stream) {
            collected.add(line);
        } else if (!quieter) {
            if (progress != null) {
                progress.clear();
            }
            call.print(one(line));
            call.flush();
        }
    }

    private String one(Added line) {
        if (call.json()) {
            return call.jsonText().added(line);
        }
        return quiet || quieter ? line.cid() + "\n" : "added " + line.cid() + " " + line.name() + "\n";
    }

    private void finish() {
        Added end = last;
        if (stream) {
            if (quieter && end != null) {
                call.print(one(end));
            }
            return;
        }
        List<Added> shown = quieter ? (end == null ? List.of() : List.of(end)) : collected;
        if (call.json()) {
            call.print(call.jsonText().allAdded(shown));
        } else {
            shown.forEach(line -> call.print(one(line)));
        }
    }

    /** As the reference: what is no peer's id is left out. */
    private static @Nullable PeerId peer(String id) {
        try {
            return PeerId.parse(id);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Refuses before anything is sent. */
    private void check(List<String> paths, AddParams params) {
        if (params.format().equals("car") && params.wrap()) {
            throw CtlException.doing("", "a CAR file cannot be wrapped, nor added with other paths");
        }
        for (String path : paths) {
            if (path.equals("-") || FileSource.isUrl(path)) {
                continue;
            }
            Path file = Path.of(path);
            if (params.noCopy()) {
                throw CtlException.doing("", "nocopy works with URLs only: " + path);
            }
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw CtlException.doing("", path + ": no such file or directory");
            }
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) && !call.flag("recursive")) {
                throw CtlException.doing("", path + " is a directory, use -r to add it with what is in it");
            }
            if (!Files.isReadable(file) && !Files.isSymbolicLink(file)) {
                throw CtlException.doing("", path + ": permission denied");
            }
        }
    }

    private int minimum(Cid cid, AddParams params) {
        try {
            return call.client().allocation(cid).options().replicationMin();
        } catch (ApiException notPinned) {
            return params.pin().replicationMin();
        }
    }
}
