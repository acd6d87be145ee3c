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
package org.pinion.cli.service;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Prints the peer's id from its identity, running or not. */
@Command(
        name = "id",
        header = "Prints this peer's id",
        description = "Reads identity.json (or CLUSTER_ID and CLUSTER_PRIVATEKEY); the peer need not run.")
final class IdCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private ServiceCommand program;

    @Override
    public Integer call() throws IOException {
        var environment = program.surroundings.environment();
        program.surroundings.out().println(Providers.configFiles().identity(program.folder(), environment));
        return 0;
    }
}
