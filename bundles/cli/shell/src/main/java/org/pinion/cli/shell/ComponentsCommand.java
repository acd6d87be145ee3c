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
import java.util.Collection;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** {@code cluster:components}: which implementation of each component type is there, and why one is not active. */
@Component(
        service = ComponentsCommand.class,
        property = {"osgi.command.scope=cluster", "osgi.command.function=components"})
public final class ComponentsCommand {
    private final ServiceComponentRuntime runtime;

    /** Reads the component runtime of the framework. */
    @Activate
    public ComponentsCommand(@Reference ServiceComponentRuntime runtime) {
        this.runtime = runtime;
    }

    /** The table of all implementations of component types, ours and others'. */
    public String components() {
        List<ComponentRow> rows = new ArrayList<>();
        for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
            String type = ComponentTypes.of(description.name, description.serviceInterfaces);
            if (!type.isEmpty()) {
                Collection<ComponentConfigurationDTO> configurations =
                        runtime.getComponentConfigurationDTOs(description);
                rows.add(ComponentRow.of(type, bundle(description), description, configurations));
            }
        }
        return ComponentRow.table(rows);
    }

    private static String bundle(ComponentDescriptionDTO description) {
        return "[" + description.bundle.id + "] " + description.bundle.symbolicName + " " + description.bundle.version;
    }
}
