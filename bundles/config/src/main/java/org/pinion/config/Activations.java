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

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/**
 * Finds components whose activation does not return, in the stacks of all threads: the component runtime says of them only
 * that they are satisfied. Not for several threads.
 */
final class Activations {
    /** An activation that takes longer is reported as one that does not return. */
    static final Duration BOUND = Duration.ofSeconds(5);

    private static final String RUNTIME = "org.apache.felix.scr.";
    private static final String STARTING = "org.apache.felix.framework.Felix";

    /** When an activation was first seen, by thread and class. */
    private final Map<String, Instant> seen = new HashMap<>();

    /**
     * An activation that goes on.
     *
     * @param since when it began, as far as is known
     * @param thread the thread's name
     * @param where the frame of the component's class
     */
    record Running(Instant since, String thread, String where) {
        boolean isLate(Instant now) {
            return since.plus(BOUND).isBefore(now);
        }

        String reason(Instant now) {
            return "its activation has not returned for "
                    + Duration.between(since, now).toSeconds() + " s: thread " + thread + " is in " + where;
        }
    }

    /**
     * The activation of a component that goes on now.
     *
     * @param stacks all threads
     * @param started when the component's bundle was started, if a thread is still busy with that
     */
    Optional<Running> find(
            ComponentDescriptionDTO description,
            Map<Thread, StackTraceElement[]> stacks,
            Instant now,
            Function<Long, Instant> started) {
        for (Map.Entry<Thread, StackTraceElement[]> entry : stacks.entrySet()) {
            StackTraceElement[] stack = entry.getValue();
            int frame = frame(description, stack);
            if (frame < 0) {
                continue;
            }
            boolean starting = Stream.of(stack)
                    .anyMatch(one -> one.getClassName().equals(STARTING)
                            && one.getMethodName().equals("startBundle"));
            String key = entry.getKey().getId() + description.implementationClass;
            Instant first = seen.computeIfAbsent(key, any -> now);
            Instant begun = starting ? started.apply(description.bundle.id) : first;
            return Optional.of(new Running(
                    begun.isBefore(first) ? begun : first, entry.getKey().getName(), stack[frame].toString()));
        }
        seen.keySet().removeIf(key -> key.endsWith(description.implementationClass));
        return Optional.empty();
    }

    /** The frame of a constructor or activation method that the component runtime called, or -1. */
    private static int frame(ComponentDescriptionDTO description, StackTraceElement[] stack) {
        int found = -1;
        for (int i = 0; i < stack.length; i++) {
            String type = stack[i].getClassName();
            String method = stack[i].getMethodName();
            if (type.equals(description.implementationClass)
                    && (method.equals("<init>") || method.equals(description.activate))) {
                found = i;
            } else if (found >= 0 && type.startsWith(RUNTIME)) {
                return found;
            }
        }
        return -1;
    }
}
