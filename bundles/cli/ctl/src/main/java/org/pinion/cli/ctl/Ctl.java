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
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.client.ApiException;
import org.pinion.client.ClientSettings;
import org.pinion.client.ClusterClient;
import org.pinion.client.JsonRenderer;
import org.pinion.client.Offsets;
import org.pinion.client.TerminalText;
import org.pinion.client.TextRenderer;
import org.pinion.client.command.Option;
import org.pinion.client.command.Options;
import org.pinion.spi.cluster.Versions;

/** The whole program but for the process: words in, output and exit code out. */
public final class Ctl {
    static final String NAME = "ipfs-cluster-ctl";

    static final List<Option> GLOBAL = List.of(
            Option.text(
                    "/ip4/127.0.0.1/tcp/9094", "API multiaddress, or several with commas, tried in order", "host", "l"),
            Option.text("", "cluster secret (64 hex digits), for libp2p hosts in a private network", "secret"),
            Option.flag("use TLS", "https", "s"),
            Option.flag("do not check the server's certificate", "no-check-certificate"),
            Option.text("text", "text, json, table, or json-v0 (shapes of version 0.11)", "encoding", "enc"),
            Option.number("0", "seconds for each request and its answer, 0 = no limit", "timeout", "t"),
            Option.flag("show where errors come from, on stderr", "debug", "d"),
            Option.text("", "user[:password]; uses TLS unless force-http [$CLUSTER_CREDENTIALS]", "basic-auth"),
            Option.flag("plain HTTP even with basic-auth", "force-http", "f"),
            Option.flag("show help", "help", "h"),
            Option.flag("show version", "version", "v"));

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int API_ERROR = 2;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final Clock clock;
    private final Terminal terminal;
    private boolean debug;

    /** A program that writes to files or pipes and does not end the process. */
    public Ctl(PrintStream out, PrintStream err, Map<String, String> environment, Clock clock) {
        this(out, err, environment, clock, Terminal.NONE);
    }

    Ctl(PrintStream out, PrintStream err, Map<String, String> environment, Clock clock, Terminal terminal) {
        this.out = out;
        this.err = err;
        this.environment = environment;
        this.clock = clock;
        this.terminal = terminal;
    }

    /** Runs one command line and returns the exit code. */
    public int run(String... words) {
        try {
            return dispatch(words);
        } catch (CtlException e) {
            out.flush();
            if (e.isTold()) {
                err.println(e.getMessage());
            }
            return e.exitCode();
        } catch (OutOfMemoryError e) {
            err.println("error : the answer is too large for this program's memory; ask for less, without sorting");
            return FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private int dispatch(String... words) {
        Options global;
        try {
            global = Options.before(GLOBAL, List.of(words), UsageException.ERRORS);
        } catch (UsageException e) {
            out.print("Incorrect Usage. " + e.getMessage() + "\n\n" + Help.program(GLOBAL));
            return FAILED;
        }
        List<String> rest = global.arguments();
        if (global.flag("version")) {
            out.print(NAME + " version " + Versions.FULL + "\n");
            return OK;
        }
        if (global.flag("help")) {
            out.print(Help.program(GLOBAL));
            return OK;
        }
        ClientSettings settings = Connecting.settings(global, environment);
        if (rest.isEmpty()) {
            out.print(Help.program(GLOBAL));
            return OK;
        }
        debug = global.flag("debug");
        Encoding encoding = Encoding.of(global.value("encoding"));
        return command(settings, encoding == null ? Encoding.TEXT : encoding, rest);
    }

    private int command(ClientSettings settings, Encoding encoding, List<String> rest) {
        String first = rest.get(0);
        if (first.equals("help") || first.equals("h")) {
            return help(rest.subList(1, rest.size()));
        }
        if (first.equals("commands")) {
            out.print(isHelp(rest, 1) ? Help.topic("commands", "List all commands", "") : Help.commands());
            return OK;
        }
        String path = first;
        int used = 1;
        if (Commands.isGroup(first)) {
            if (rest.size() == 1 || isHelp(rest, 1)) {
                out.print(Help.group(first));
                return OK;
            }
            if (rest.get(1).equals("help") || rest.get(1).equals("h")) {
                List<String> topic = new ArrayList<>(rest.subList(2, rest.size()));
                topic.add(0, first);
                return help(topic);
            }
            path = first + " " + rest.get(1);
            used = 2;
        }
        Command command = Commands.find(path);
        if (command == null) {
            throw noTopic(rest.get(used - 1));
        }
        return run(command, settings, encoding, rest.subList(used, rest.size()));
    }

    private static CtlException noTopic(String word) {
        return new CtlException(CtlException.NO_SUCH_TOPIC, "No help topic for '" + word + "'");
    }

    private int help(List<String> topic) {
        if (topic.isEmpty() || isHelp(topic, 0)) {
            out.print(Help.program(GLOBAL));
            return OK;
        }
        String first = topic.get(0);
        Command command =
                Commands.find(Commands.isGroup(first) && topic.size() > 1 ? first + " " + topic.get(1) : first);
        if (command != null) {
            out.print(Help.command(command));
        } else if (Commands.isGroup(first)) {
            out.print(Help.group(first));
        } else {
            throw noTopic(first);
        }
        return OK;
    }

    private static boolean isHelp(List<String> words, int index) {
        return index < words.size() && List.of("--help", "-h", "-help", "--h").contains(words.get(index));
    }

    private int run(Command command, ClientSettings settings, Encoding encoding, List<String> words) {
        Offsets offsets = null;
        try (ClusterClient client = new ClusterClient(settings)) {
            offsets = client.offsets();
            List<Option> options = new ArrayList<>(command.options());
            options.add(Option.flag("show help", "help", "h"));
            Options parsed = Options.among(options, words, UsageException.ERRORS);
            if (parsed.flag("help")) {
                out.print(Help.command(command));
                return OK;
            }
            boolean sized = encoding == Encoding.TABLE || parsed.has("watch");
            Terminal screen = sized ? terminal.measured(environment) : terminal;
            Call call = new Call(parsed, client, encoding, screen, new Call.Output(out, err, clock));
            command.action().run(call);
            call.flush();
            return OK;
        } catch (UsageException e) {
            out.print("Incorrect Usage: " + e.getMessage() + "\n\n" + Help.command(command));
            return FAILED;
        } catch (ApiException e) {
            if (debug) {
                e.printStackTrace(err);
            }
            return failed(e, encoding.isJson() && offsets != null ? new JsonRenderer(offsets) : null);
        } catch (IOException e) {
            throw CtlException.doing("", String.valueOf(e.getMessage()));
        }
    }

    private int failed(ApiException e, @Nullable JsonRenderer json) {
        String message = terminal.safe(String.valueOf(e.getMessage()));
        String text = json == null ? TextRenderer.error(e.code(), message) : json.error(e.code(), message);
        out.print(json == null && terminal.colours() ? TerminalText.error(text) : text);
        if (e.code() == 0) {
            err.println("ERROR cluster-ctl: " + message);
            return FAILED;
        }
        return API_ERROR;
    }
}
