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

import java.nio.file.Path;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lines of this bundle that operators and tests rely on. */
final class Events {
    private final Logger log = LoggerFactory.getLogger("org.pinion.config");

    void noFolder() {
        log.info("framework property {} is not set: no configuration is read", DaemonFlags.FOLDER);
    }

    void refused(String fault) {
        log.error("error loading configurations: {}", fault);
    }

    void reloaded() {
        log.info("configuration read again");
    }

    void note(String note) {
        log.debug("{}", note);
    }

    void openNetwork() {
        log.warn("Cluster secret is empty, cluster will start on unprotected network.");
    }

    void datastore(String section) {
        log.info("Datastore backend: {}", section);
    }

    void created(String pid, String section) {
        log.debug("configuration pid={} section={}", pid, section);
    }

    void withoutBundle(Collection<String> sections) {
        log.info("no bundle is installed for these sections, they stay off: {}", String.join(", ", sections));
    }

    void waiting(Collection<String> components) {
        log.info("waiting for: {}", String.join("; ", components));
    }

    void failed(String doing, String reason) {
        log.error("error {}: {}", doing, reason);
    }

    void failedLater(String component, String reason) {
        log.warn("component {} failed to start, the peer goes on without it: {}", component, reason);
    }

    void ready() {
        log.debug("the peer was ready");
    }

    void changed(String line) {
        log.info("configuration changed: {}", line);
    }

    void notReloaded(long faults) {
        log.warn("the configuration stays as it was: {} faults", faults);
    }

    void saved(Path file, Path copy) {
        log.info("configuration saved in {}, the old one is {}", file, copy);
    }

    void stillThere(String section, long seconds) {
        log.warn("{} is still there after {} s", section, seconds);
    }

    void putBack(String pid, String fault) {
        log.warn("change of {} refused, the old values are back: {}", pid, fault);
    }

    void broken(String doing, Exception reason) {
        log.error("error {}", doing, reason);
    }
}
