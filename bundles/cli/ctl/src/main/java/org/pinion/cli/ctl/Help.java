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

import java.util.List;
import org.pinion.client.command.HelpText;
import org.pinion.client.command.Option;
import org.pinion.spi.cluster.Versions;

/** Help texts; no line is longer than 120 columns. */
final class Help {
    private static final HelpText FORM = new HelpText(118, 38);

    private static final String ABOUT = """
            Asks one peer of the cluster through its REST API and prints the answer. The peer is expected at \
            /ip4/127.0.0.1/tcp/9094; --host names another one, or several with commas between them: the first that can be \
            reached gets the request. A DNS name stands for all its addresses.

            An address that ends in /p2p/<peer id>, or a /dnsaddr, is reached over libp2p, which encrypts and checks the \
            other side's identity. When the API is on the cluster's own host, --secret has to give the cluster's secret.

            Exit codes: 0 done, 1 wrong arguments or no usable answer, 2 the API answered with an error, 3 no such \
            command, 62 waited too long.
            """;

    private Help() {}

    static String program(List<Option> global) {
        StringBuilder out = new StringBuilder();
        out.append("NAME:\n   ").append(Ctl.NAME).append(" - talk to a cluster peer's REST API\n\n");
        out.append("USAGE:\n   ").append(Ctl.NAME).append(" [global options] command [options] [arguments]\n\n");
        out.append("VERSION:\n   ").append(Versions.FULL).append("\n\n");
        out.append("DESCRIPTION:\n");
        FORM.paragraphs(out, ABOUT);
        out.append("\nCOMMANDS:\n");
        for (String name : Commands.topLevel()) {
            FORM.row(out, name, Commands.summary(name));
        }
        FORM.row(out, "help, h", "Show help for a command");
        out.append("\nGLOBAL OPTIONS:\n");
        global.forEach(option -> FORM.option(out, option));
        return out.toString();
    }

    static String group(String name) {
        StringBuilder out = new StringBuilder(topic(name, Commands.summary(name), " command [options] [arguments]"));
        out.append("\nCOMMANDS:\n");
        for (Command command : Commands.ofGroup(name)) {
            FORM.row(out, command.name(), command.summary());
        }
        return out.toString();
    }

    static String command(Command command) {
        StringBuilder out =
                new StringBuilder(topic(command.path(), command.summary(), " [options] " + command.arguments()));
        if (!command.description().isEmpty()) {
            out.append("\nDESCRIPTION:\n");
            FORM.paragraphs(out, command.description());
        }
        out.append("\nOPTIONS:\n");
        command.options().forEach(option -> FORM.option(out, option));
        FORM.row(out, "--help, -h", "show help");
        return out.toString();
    }

    static String topic(String path, String summary, String arguments) {
        StringBuilder out = new StringBuilder("NAME:\n");
        FORM.wrapped(out, "   " + Ctl.NAME + " " + path + " - " + summary, 3);
        out.append("\nUSAGE:\n   ").append(Ctl.NAME).append(' ').append((path + arguments).strip());
        return out.append('\n').toString();
    }

    /** One full command per line, groups included. */
    static String commands() {
        StringBuilder out = new StringBuilder();
        for (String name : Commands.topLevel()) {
            out.append(Ctl.NAME).append(' ').append(name).append('\n');
            for (Command command : Commands.ofGroup(name)) {
                out.append(Ctl.NAME).append(' ').append(command.path()).append('\n');
            }
        }
        return out.append(Ctl.NAME + " commands\n" + Ctl.NAME + " help\n").toString();
    }
}
