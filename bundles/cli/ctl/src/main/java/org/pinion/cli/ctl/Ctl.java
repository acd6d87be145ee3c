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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinion.client.ApiException;
import org.pinion.client.ClientSettings;
import org.pinion.client.ClusterClient;
import org.pinion.client.JsonRenderer;
import org.pinion.client.TextRenderer;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.cluster.Versions;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The whole program but for the process: words in, output and exit code out. */
public final class Ctl {
    static final String NAME = "ipfs-cluster-ctl";

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int API_ERROR = 2;

    private static final List<OptionSpec> GLOBAL = List.of(
            Options.text(
                    "/ip4/127.0.0.1/tcp/9094", "API multiaddress, or several with commas, tried in order", "host", "l"),
            Options.text("", "cluster secret (hex), for libp2p hosts only", "secret"),
            Options.flag("use TLS", "https", "s"),
            Options.flag("do not check the server's certificate", "no-check-certificate"),
            Options.text("text", "text or json", "encoding", "enc"),
            Options.text("0", "seconds for each request, 0 = no limit", "timeout", "t"),
            Options.flag("show where errors come from, on stderr", "debug", "d"),
            Options.text("", "user[:password]; uses TLS unless force-http [$CLUSTER_CREDENTIALS]", "basic-auth"),
            Options.flag("plain HTTP even with basic-auth", "force-http", "f"),
            Options.flag("show help", "help", "h"),
            Options.flag("show version", "version", "v"));

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final Clock clock;
    private boolean debug;

    /** A program that writes to these streams and does not end the process. */
    public Ctl(PrintStream out, PrintStream err, Map<String, String> environment, Clock clock) {
        this.out = out;
        this.err = err;
        this.environment = environment;
        this.clock = clock;
    }

    /** Runs one command line and returns the exit code. */
    public int run(String... words) {
        try {
            return dispatch(words);
        } catch (CtlException e) {
            out.flush();
            err.println(e.getMessage());
            return e.exitCode();
        } finally {
            out.flush();
            err.flush();
        }
    }

    private int dispatch(String... words) {
        ParseResult global;
        try {
            global = Options.parse(GLOBAL, true, words);
        } catch (ParameterException e) {
            out.print("Incorrect Usage. " + e.getMessage() + "\n\n" + Help.program(GLOBAL));
            return FAILED;
        }
        List<String> rest = global.matchedPositionalValue(0, List.of());
        if (global.matchedOptionValue("--version", false)) {
            out.print(NAME + " version " + Versions.FULL + "\n");
            return OK;
        }
        if (global.matchedOptionValue("--help", false)) {
            out.print(Help.program(GLOBAL));
            return OK;
        }
        ClientSettings settings = settings(global);
        if (rest.isEmpty()) {
            out.print(Help.program(GLOBAL));
            return OK;
        }
        debug = global.matchedOptionValue("--debug", false);
        return command(settings, value(global, "--encoding").equals("json"), rest);
    }

    private int command(ClientSettings settings, boolean json, List<String> rest) {
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
            boolean help = rest.size() == 1 || isHelp(rest, 1);
            if (help || rest.get(1).equals("help") || rest.get(1).equals("h")) {
                out.print(Help.group(first));
                return OK;
            }
            path = first + " " + rest.get(1);
            used = 2;
        }
        Command command = Commands.find(path);
        if (command == null) {
            throw noTopic(rest.get(used - 1));
        }
        return run(command, settings, json, rest.subList(used, rest.size()).toArray(String[]::new));
    }

    private static CtlException noTopic(String word) {
        return new CtlException(CtlException.NO_SUCH_TOPIC, "No help topic for '" + word + "'");
    }

    private int help(List<String> topic) {
        if (topic.isEmpty()) {
            out.print(Help.program(GLOBAL));
            return OK;
        }
        if (Commands.isGroup(topic.get(0)) && topic.size() == 1) {
            out.print(Help.group(topic.get(0)));
            return OK;
        }
        Command command = Commands.find(String.join(" ", topic));
        command = command == null ? Commands.find(topic.get(0)) : command;
        if (command == null) {
            throw noTopic(topic.get(topic.size() - 1));
        }
        out.print(Help.command(command));
        return OK;
    }

    private static boolean isHelp(List<String> words, int index) {
        return index < words.size() && List.of("--help", "-h", "-help", "--h").contains(words.get(index));
    }

    private int run(Command command, ClientSettings settings, boolean json, String... words) {
        JsonRenderer renderer = null;
        try (ClusterClient client = new ClusterClient(settings)) {
            renderer = new JsonRenderer(client.offsets());
            ParseResult parsed = parse(command, words);
            if (parsed.matchedOptionValue("--help", false)) {
                out.print(Help.command(command));
                return OK;
            }
            Call call = new Call(parsed, client, json, out, err, clock);
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
            return failed(e, json ? renderer : null);
        } catch (IOException e) {
            throw CtlException.doing("", String.valueOf(e.getMessage()));
        }
    }

    private static ParseResult parse(Command command, String... words) {
        List<OptionSpec> options = new ArrayList<>(command.options());
        options.add(Options.flag("show help", "help", "h"));
        try {
            ParseResult parsed = Options.parse(options, false, words);
            List<String> arguments = parsed.matchedPositionalValue(0, List.of());
            String first = arguments.isEmpty() ? "" : arguments.get(0);
            if (first.length() > 1 && first.startsWith("-") && !List.of(words).contains("--")) {
                throw new UsageException("flag provided but not defined: " + first);
            }
            return parsed;
        } catch (ParameterException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private int failed(ApiException e, @Nullable JsonRenderer json) {
        String message = String.valueOf(e.getMessage());
        out.print(json == null ? TextRenderer.error(e.code(), message) : json.error(e.code(), message));
        if (e.code() == 0) {
            err.println("ERROR cluster-ctl: " + message);
            return FAILED;
        }
        return API_ERROR;
    }

    private ClientSettings settings(ParseResult global) {
        checkSecret(value(global, "--secret"));
        String credentials = global.hasMatchedOption("--basic-auth")
                ? value(global, "--basic-auth")
                : environment.getOrDefault("CLUSTER_CREDENTIALS", "");
        String encoding = value(global, "--encoding");
        if (!encoding.equals("text") && !encoding.equals("json")) {
            throw CtlException.doing("", "unsupported encoding: \"" + encoding + "\"; use text or json");
        }
        List<Multiaddr> hosts = new ArrayList<>();
        for (String text : value(global, "--host").split(",", -1)) {
            hosts.add(host(text));
        }
        boolean https = global.matchedOptionValue("--https", false)
                || (!credentials.isEmpty() && !global.matchedOptionValue("--force-http", false));
        return new ClientSettings(
                hosts,
                https,
                !global.matchedOptionValue("--no-check-certificate", false),
                Optional.of(credentials).filter(pair -> !pair.isEmpty()),
                timeout(value(global, "--timeout")));
    }

    private static String value(ParseResult global, String name) {
        String value = global.matchedOptionValue(name, null);
        return value == null ? global.commandSpec().findOption(name).defaultValue() : value;
    }

    private static void checkSecret(String secret) {
        if (!secret.matches("([0-9a-fA-F]{2})*")) {
            throw CtlException.doing("parsing secret", "not hex digits");
        }
    }

    private static Multiaddr host(String text) {
        Multiaddr address;
        try {
            address = Multiaddr.parse(text);
        } catch (IllegalArgumentException e) {
            throw CtlException.doing("parsing host multiaddress", e.getMessage());
        }
        if (address.has("p2p") || address.has("dnsaddr")) {
            throw CtlException.doing("creating API client", "HTTP over libp2p is not available: " + text);
        }
        if (!address.has("unix") && !address.has("tcp")) {
            throw CtlException.doing("creating API client", "address has neither a TCP port nor a unix path: " + text);
        }
        return address;
    }

    private Duration timeout(String text) {
        try {
            int seconds = Integer.parseInt(text);
            if (seconds >= 0) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException e) {
            // told below, as for a negative number
        }
        throw CtlException.doing("parsing timeout", "not a number of seconds: \"" + text + "\"");
    }
}
