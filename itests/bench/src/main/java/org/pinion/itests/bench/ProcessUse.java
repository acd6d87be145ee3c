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
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory and processor time of a process; the memory as Linux counts it. */
final class ProcessUse {
    private static final double KILOBYTES_PER_MEGABYTE = 1024;

    private ProcessUse() {}

    /** Seconds of all processors together, for the system's work too, since the process began. */
    static double cpuSeconds(long pid) {
        return ProcessHandle.of(pid)
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElseThrow(() -> new IllegalStateException("no processor time of process " + pid))
                        .toNanos()
                / 1e9;
    }

    /** A field of {@code /proc/<pid>/status} in MB. */
    static double megabytes(long pid, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToDouble(kilobytes -> Long.parseLong(kilobytes) / KILOBYTES_PER_MEGABYTE)
                .findFirst()
                .orElseThrow(() -> new IOException("no " + field + " for process " + pid));
    }
}
