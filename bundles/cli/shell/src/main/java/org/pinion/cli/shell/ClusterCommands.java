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
import java.util.List;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.spi.exec.Executors;

/** Puts the commands {@code cluster:*} into the shell. */
@Component(
        service = {},
        immediate = true)
public final class ClusterCommands {
    private static final List<String> GROUPS = List.of("peers", "pin", "health", "ipfs");

    private final SessionFactory sessions;
    private final List<Command> commands = new ArrayList<>();

    /** Registers everything; the services behind it are looked up by each run. */
    @Activate
    public ClusterCommands(@Reference SessionFactory sessions, @Reference Executors executors, BundleContext context) {
        this.sessions = sessions;
        List<ClusterCommand> single = new ArrayList<>();
        for (Spec spec : specs()) {
            single.add(new ClusterCommand(spec, () -> new BundleServices(context), executors.clock()));
        }
        commands.addAll(single);
        GROUPS.forEach(name -> commands.add(new Group(name, single)));
        commands.forEach(sessions.getRegistry()::register);
    }

    /** Every command. */
    static List<Spec> specs() {
        List<Spec> all = new ArrayList<>(PeerCommands.all());
        all.addAll(PinCommands.all());
        all.addAll(StatusCommands.all());
        all.addAll(HealthCommands.all());
        all.addAll(ConfigCommands.all());
        all.add(AddCommand.spec());
        all.add(EventsCommand.spec());
        return all;
    }

    /** Takes the commands out of the shell. */
    @Deactivate
    public void close() {
        commands.forEach(sessions.getRegistry()::unregister);
    }
}
