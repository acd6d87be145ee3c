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
package org.pinion.config;

import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;

/** Hears of every change of a component's configuration before the component does. */
final class LiveCheck implements SynchronousConfigurationListener {
    private final RunningConfig running;

    LiveCheck(RunningConfig running) {
        this.running = running;
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        switch (event.getType()) {
            case ConfigurationEvent.CM_UPDATED -> running.edited(event.getPid());
            case ConfigurationEvent.CM_DELETED -> running.deleted(event.getPid());
            default -> {} // the place of a bundle says nothing about values
        }
    }
}
