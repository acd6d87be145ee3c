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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.jspecify.annotations.Nullable;

/** Commands in two words, as ipfs-cluster-ctl has them: {@code cluster:pin ls} is {@code cluster:pin-ls}. */
final class Group extends CompletedCommand {
    private final String name;
    private final Map<String, ClusterCommand> members = new TreeMap<>();

    Group(String name, List<ClusterCommand> commands) {
        this.name = name;
        commands.stream()
                .filter(command -> command.getName().startsWith(name + "-"))
                .forEach(command -> members.put(command.getName().substring(name.length() + 1), command));
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getDescription() {
        return "The commands " + String.join(", ", members.keySet()) + " of this group";
    }

    @Override
    public @Nullable Object execute(Session session, List<Object> arguments) throws Exception {
        String word = arguments.isEmpty() ? "" : String.valueOf(arguments.get(0));
        ClusterCommand member = members.get(word);
        if (member == null) {
            ShellFailure wrong = ShellFailure.usage("cluster:" + name + " is followed by one of "
                    + String.join(", ", members.keySet()) + (word.isEmpty() ? "" : ", not by \"" + word + "\""));
            throw new CommandException(String.valueOf(wrong.getMessage()), wrong);
        }
        return member.execute(session, arguments.subList(1, arguments.size()));
    }

    @Override
    List<String> candidates(String[] words, int index, int position) {
        String full = Spec.SCOPE + ":" + name;
        String word = index < words.length ? words[index] : "";
        String prefix = word.substring(0, Math.min(position, word.length()));
        if (index == 0) {
            return full.startsWith(prefix) ? List.of(full) : List.of();
        }
        if (!(words[0].equals(full) || words[0].equals(name))) {
            return List.of();
        }
        if (index == 1) {
            return members.keySet().stream()
                    .filter(member -> member.startsWith(prefix))
                    .toList();
        }
        ClusterCommand member = members.get(words[1]);
        if (member == null) {
            return List.of();
        }
        List<String> inner = new ArrayList<>(Arrays.asList(words).subList(1, words.length));
        inner.set(0, member.getName());
        return member.candidates(inner.toArray(String[]::new), index - 1, position);
    }
}
