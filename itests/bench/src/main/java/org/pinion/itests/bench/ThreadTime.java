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
package org.pinion.itests.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The processor time of the threads of a process that have one name, by thread, as Linux counts it. A thread that ends
 * takes its time with it.
 *
 * @param seconds the seconds of each, for the system's work too, since it began
 */
record ThreadTime(Map<String, Double> seconds) {
    /** Linux keeps that much of a thread's name. */
    private static final int NAME_LENGTH = 15;
    /** What {@code sysconf(_SC_CLK_TCK)} gives on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;
    /** Fields of the thread's {@code stat} behind its name, see proc(5). */
    private static final int USER_FIELD = 11;

    private static final int SYSTEM_FIELD = 12;

    /** The threads whose names begin so, as far as Linux keeps names. */
    static ThreadTime of(long pid, String name) throws IOException {
        String kept = name.substring(0, Math.min(name.length(), NAME_LENGTH));
        Map<String, Double> seconds = new HashMap<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                try {
                    if (Files.readString(thread.resolve("comm")).startsWith(kept)) {
                        seconds.put(thread.getFileName().toString(), seconds(thread.resolve("stat")));
                    }
                } catch (NoSuchFileException ended) {
                    // between the listing and the reading
                }
            }
        }
        return new ThreadTime(seconds);
    }

    private static double seconds(Path stat) throws IOException {
        String text = Files.readString(stat);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[SYSTEM_FIELD])) / TICKS_PER_SECOND;
    }

    /** What these threads took since an earlier look at them. */
    double since(ThreadTime earlier) {
        double sum = 0;
        for (Map.Entry<String, Double> thread : seconds.entrySet()) {
            sum += thread.getValue() - earlier.seconds.getOrDefault(thread.getKey(), 0.0);
        }
        return sum;
    }
}
