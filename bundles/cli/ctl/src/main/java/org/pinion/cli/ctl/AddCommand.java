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
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.PinOptions;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddOutput.Added;
import org.pinion.spi.adder.AddParams;
import picocli.CommandLine.Model.OptionSpec;

/** {@code add}: sends files while it prints what was added. */
final class AddCommand {
    private final Call call;
    private final boolean quiet;
    private final boolean quieter;
    private final boolean stream;
    private final List<Added> collected = new ArrayList<>();
    private @Nullable Progress progress;
    private @Nullable Added last;

    private AddCommand(Call call) {
        this.call = call;
        this.quiet = call.flag("--quiet");
        this.quieter = call.flag("--quieter");
        this.stream = !call.flag("--no-stream");
    }

    static Command command() {
        List<OptionSpec> options = new ArrayList<>();
        options.add(Options.flag("add folders with what is in them", "recursive", "r"));
        options.add(Options.flag("print CIDs only", "quiet", "q"));
        options.add(Options.flag("print the last CID only", "quieter", "Q"));
        options.add(Options.flag("print everything at the end", "no-stream"));
        options.add(Options.flag("show the progress even when the output is no terminal", "progress", "p"));
        options.add(Options.flag("send blocks to the contacted peer only", "local"));
        options.addAll(PinFlags.description());
        options.addAll(PinFlags.replication());
        options.add(Options.flag("add without pinning", "no-pin"));
        options.add(Options.flag("wait until the content is pinned", "wait"));
        options.add(Options.text("0s", "give up waiting after this duration", "wait-timeout", "wt"));
        options.add(Options.flag("put a folder around everything", "wrap-with-directory", "w"));
        options.add(Options.text("unixfs", "unixfs or car", "format"));
        options.add(Options.text("", "balanced or trickle", "layout"));
        options.add(Options.flag("also take files that begin with a dot from folders", "hidden", "H"));
        options.add(Options.text("size-262144", "size-<bytes>, rabin[-min-avg-max] or buzhash", "chunker", "s"));
        options.add(Options.flag("leaves are raw blocks", "raw-leaves"));
        options.add(Options.text("0", "0 or 1", "cid-version"));
        options.add(Options.text("sha2-256", "hash function", "hash"));
        options.add(Options.flag("refer to URLs instead of copying", "nocopy"));
        return new Command(
                "add", "<path>...", "Add files and folders and pin them; - is standard input", options, call -> {
                    new AddCommand(call).run();
                });
    }

    private void run() throws IOException {
        List<String> paths = call.arguments();
        if (paths.isEmpty()) {
            throw CtlException.doing("", "need at least one path");
        }
        AddParams params = params(paths);
        check(paths, params);
        try (FileSource source = new FileSource(paths, params.hidden(), System.in)) {
            boolean shown = call.flag("--progress") || (System.console() != null && !quiet && !quieter);
            long total = shown ? FileSource.totalBytes(paths, params.hidden()) : -1;
            progress = shown ? new Progress(call.err(), source::bytesRead, total, System::nanoTime) : null;
            send(source, params);
        }
        Added root = last;
        if (call.flag("--wait") && root != null && root.cid() != null) {
            Waiting.until(
                    call,
                    root.cid(),
                    TrackerStatus.PINNED,
                    minimum(root.cid(), params),
                    call.duration("--wait-timeout"));
        }
    }

    private void send(FileSource source, AddParams params) throws IOException {
        try {
            call.client().add(new Watched(source, this::tick), params, AddCommand::start, this::added);
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

    private AddParams params(List<String> paths) {
        boolean noCopy = call.flag("--nocopy");
        String hash = call.option("--hash");
        int version = hash.equals("sha2-256") ? call.number("--cid-version") : 1;
        PinOptions options = PinFlags.read(call, false).build();
        return new AddParams(
                options,
                call.option("--format"),
                call.option("--layout"),
                call.option("--chunker"),
                call.flag("--raw-leaves") || version > 0 || noCopy,
                version,
                hash,
                call.flag("--wrap-with-directory") || paths.size() > 1,
                call.flag("--hidden"),
                false,
                false,
                call.flag("--local"),
                noCopy,
                call.flag("--no-pin"));
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
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) && !call.flag("--recursive")) {
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
