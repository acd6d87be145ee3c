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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All commands, in the order of the help. */
final class Commands {
    private static final Map<String, String> GROUPS = Map.of(
            "peers", "List and remove peers of the cluster",
            "pin", "Pin, unpin and list items of the shared pin set",
            "health", "How the cluster is doing",
            "ipfs", "Look after the IPFS nodes of the peers");
    private static final List<String> TOP = List.of(
            "id", "peers", "add", "pin", "status", "recover", "sync", "version", "health", "ipfs", "completion");

    private Commands() {}

    static List<String> topLevel() {
        return TOP;
    }

    static boolean isGroup(String name) {
        return GROUPS.containsKey(name);
    }

    static String summary(String name) {
        String group = GROUPS.get(name);
        Command command = group == null ? find(name) : null;
        return group != null ? group : command == null ? "" : command.summary();
    }

    static List<Command> ofGroup(String name) {
        return isGroup(name)
                ? all().values().stream()
                        .filter(command -> command.path().startsWith(name + " "))
                        .toList()
                : List.of();
    }

    /** Only the group that is asked for is built: each run needs one command. */
    static @Nullable Command find(String path) {
        String first = path.split(" ", 2)[0];
        List<Command> some = switch (first) {
            case "id", "version", "peers" -> PeerCommands.all();
            case "pin" -> PinCommands.all();
            case "status", "recover", "sync" -> StatusCommands.all();
            case "health", "ipfs" -> HealthCommands.all();
            case "add" -> List.of(AddCommand.command());
            case "completion" -> List.of(Completion.command());
            default -> List.of();
        };
        return some.stream()
                .filter(command -> command.path().equals(path))
                .findFirst()
                .orElse(null);
    }

    static Map<String, Command> all() {
        List<Command> list = new ArrayList<>(PeerCommands.all());
        list.addAll(PinCommands.all());
        list.addAll(StatusCommands.all());
        list.addAll(HealthCommands.all());
        list.add(AddCommand.command());
        list.add(Completion.command());
        Map<String, Command> all = new LinkedHashMap<>();
        list.forEach(command -> all.put(command.path(), command));
        return all;
    }
}
