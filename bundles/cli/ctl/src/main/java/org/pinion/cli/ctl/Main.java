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
package org.pinion.cli.ctl;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** Starts {@code ipfs-cluster-ctl}. */
public final class Main {
    private static final int BUFFER_BYTES = 32 << 10;

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        PrintStream out = utf8(FileDescriptor.out);
        PrintStream err = utf8(FileDescriptor.err);
        int code = new Ctl(
                        out,
                        err,
                        System.getenv(),
                        Clock.systemDefaultZone(),
                        Terminal.of(System.getProperty("pinion.terminal"), System.getenv()))
                .run(args);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** UTF-8 whatever the locale: one layout has an infinity sign. */
    static PrintStream utf8(FileDescriptor target) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(target), BUFFER_BYTES), false, StandardCharsets.UTF_8);
    }
}
