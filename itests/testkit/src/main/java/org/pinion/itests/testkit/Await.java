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
package org.pinion.itests.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for conditions outside this process, which cannot notify it. */
public final class Await {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Await() {}

    /** A condition that says why it does not hold; empty = it holds. */
    @FunctionalInterface
    public interface Condition {
        /** Why the condition does not hold yet, or the empty text. */
        String missing() throws Exception;
    }

    /**
     * Returns as soon as the condition holds.
     *
     * @throws AssertionError at the deadline, with the last reason and {@code details}
     */
    public static void until(String what, Duration deadline, Condition condition, Supplier<String> details) {
        long end = System.nanoTime() + deadline.toNanos();
        String last;
        do {
            try {
                last = condition.missing();
            } catch (Exception failed) {
                last = failed.toString();
            }
            if (last.isEmpty()) {
                return;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        } while (System.nanoTime() < end);
        throw new AssertionError(
                "not within " + deadline.toSeconds() + " s: " + what + "; last seen: " + last + "\n" + details.get());
    }
}
