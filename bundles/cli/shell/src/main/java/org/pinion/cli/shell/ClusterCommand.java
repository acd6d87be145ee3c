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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.jspecify.annotations.Nullable;
import org.pinion.client.command.Option;
import org.pinion.client.command.Options;
import org.pinion.spi.ClusterException;

/** A command of ours as the shell knows it. Any thread; each run is its own. */
final class ClusterCommand extends CompletedCommand {
    /** Session variable with what an interrupt ends. */
    static final String RUNNING = ".pinion.running";

    private static final int MAX_LINE_WORDS = 1000;

    private final Spec spec;
    private final Supplier<Services> services;
    private final InstantSource clock;

    ClusterCommand(Spec spec, Supplier<Services> services, InstantSource clock) {
        this.spec = spec;
        this.services = services;
        this.clock = clock;
    }

    Spec spec() {
        return spec;
    }

    @Override
    public String getName() {
        return spec.name();
    }

    @Override
    public String getDescription() {
        return spec.summary();
    }

    @Override
    public @Nullable Object execute(Session session, List<Object> arguments) throws Exception {
        Process process = Process.Utils.current();
        boolean seen = process.isTty(1) && session.getTerminal() instanceof Screen.Terminal;
        Screen screen = new Screen(process.out(), seen ? (Screen.Terminal) session.getTerminal() : null);
        List<String> words = arguments.stream().map(String::valueOf).toList();
        Running running = session.get(RUNNING) instanceof Running known ? known : new Running();
        running.begin();
        try {
            run(words, screen);
        } catch (ShellFailure e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        } finally {
            running.end();
        }
        return null;
    }

    /** Runs with these words. */
    void run(List<String> words, Screen screen) {
        try (Services found = services.get()) {
            Options parsed = spec.parsed(words);
            if (parsed.flag("help")) {
                screen.print(spec.help());
            } else {
                spec.action().run(new Call(parsed, found, screen, clock));
            }
        } catch (Screen.Enough seen) {
            return;
        } catch (ShellFailure e) {
            throw e;
        } catch (ClusterException e) {
            throw ShellFailure.failed(String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            throw ShellFailure.failed(e.getMessage() == null ? e.toString() : e.getMessage());
        } finally {
            screen.flush();
        }
    }

    @Override
    List<String> candidates(String[] words, int index, int position) {
        String full = Spec.SCOPE + ":" + spec.name();
        String word = index < words.length ? words[index] : "";
        String prefix = word.substring(0, Math.min(position, word.length()));
        if (index == 0) {
            return Stream.of(full, spec.name())
                    .filter(name -> name.startsWith(prefix) && (name.equals(full) || !prefix.isEmpty()))
                    .limit(1)
                    .toList();
        }
        if (words.length > MAX_LINE_WORDS || !(words[0].equals(full) || words[0].equals(spec.name()))) {
            return List.of();
        }
        try (Services found = services.get()) {
            return values(new Candidates(found), List.of(words).subList(1, Math.min(index, words.length)), prefix);
        } catch (ClusterException away) {
            return List.of();
        }
    }

    private List<String> values(Candidates candidates, List<String> before, String prefix) {
        String last = before.isEmpty() ? "" : before.get(before.size() - 1);
        Option waiting = Options.named(spec.options(), last);
        if (waiting != null && !waiting.isFlag() && last.indexOf('=') < 0) {
            return candidates.of(Source.ofOption(spec.name(), waiting.name()), prefix, "");
        }
        int equals = prefix.indexOf('=');
        Option inside = Options.named(spec.options(), prefix);
        if (inside != null && equals > 0) {
            String head = prefix.substring(0, equals + 1);
            return candidates.of(Source.ofOption(spec.name(), inside.name()), prefix.substring(equals + 1), "").stream()
                    .map(head::concat)
                    .toList();
        }
        if (prefix.startsWith("-")) {
            return spec.options().stream()
                    .map(option -> option.dashed().get(0))
                    .filter(name -> name.startsWith(prefix))
                    .toList();
        }
        List<String> arguments = arguments(before);
        int at = arguments.size();
        int known = spec.arguments().size();
        if (known == 0 || (at >= known && !spec.arguments().get(known - 1).many())) {
            return List.of();
        }
        Source source = spec.arguments().get(Math.min(at, known - 1)).source();
        return candidates.of(source, prefix, arguments.isEmpty() ? "" : arguments.get(at - 1));
    }

    /** The words that are neither options nor their values. */
    private List<String> arguments(List<String> words) {
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            Option option = Options.named(spec.options(), words.get(i));
            if (option != null) {
                i += option.isFlag() || words.get(i).indexOf('=') >= 0 ? 0 : 1;
            } else {
                arguments.add(words.get(i));
            }
        }
        return arguments;
    }
}
