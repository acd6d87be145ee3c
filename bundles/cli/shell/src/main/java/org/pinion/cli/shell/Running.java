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

import java.util.HashSet;
import java.util.Set;

/** The threads that run one line of commands, or those of one terminal, so that an interrupt reaches them. Any thread. */
final class Running {
    private final Set<Thread> threads = new HashSet<>();
    private boolean interrupted;

    /** This thread runs a command; after an interrupt it does not get far. */
    synchronized void begin() {
        threads.add(Thread.currentThread());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Also takes back an interrupt that came too late. */
    @SuppressWarnings("ReturnValueIgnored")
    synchronized void end() {
        threads.remove(Thread.currentThread());
        Thread.interrupted();
    }

    /** Ends all commands, also those that have not begun. */
    synchronized void interrupt() {
        interrupted = true;
        threads.forEach(Thread::interrupt);
    }

    synchronized boolean isInterrupted() {
        return interrupted;
    }
}
