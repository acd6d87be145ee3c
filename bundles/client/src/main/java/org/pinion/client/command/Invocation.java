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
package org.pinion.client.command;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.client.GoTime;

/** One run of a command: what its words say, and the time. For one thread. */
@ConsumerType
public abstract class Invocation {
    private final Options words;
    private final InstantSource clock;

    /** A run with these words. */
    protected Invocation(Options words, InstantSource clock) {
        this.words = words;
        this.clock = clock;
    }

    /** The failure that tells that an option's value cannot be used. */
    public abstract RuntimeException unusable(String option, @Nullable String why);

    /** The failure that tells that somebody ended the run. */
    protected abstract RuntimeException interrupted();

    /** What the clock shows. */
    public final Instant now() {
        return clock.instant();
    }

    /** Waits; an interrupt ends the run. */
    public final void pause(Duration time) {
        try {
            if (new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("nobody counts down");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        }
    }

    /** The words that are neither options nor their values. */
    public final List<String> arguments() {
        return words.arguments();
    }

    /** The argument, or the empty text. */
    public final String argument(int index) {
        List<String> all = arguments();
        return index < all.size() ? all.get(index) : "";
    }

    /** Whether a flag is on. */
    public final boolean flag(String name) {
        return words.flag(name);
    }

    /** Whether an option was given. */
    public final boolean given(String name) {
        return words.has(name);
    }

    /** The last value, or the default; empty for options that the command does not have. */
    public final String option(String name) {
        return words.value(name);
    }

    /** All values that were given. */
    public final List<String> options(String name) {
        return words.values(name);
    }

    /** The value of an option that takes a number. */
    public final int number(String name) {
        return Integer.parseInt(option(name));
    }

    /** The value of an option that takes a duration. */
    public final Duration duration(String name) {
        return GoTime.duration(option(name));
    }
}
