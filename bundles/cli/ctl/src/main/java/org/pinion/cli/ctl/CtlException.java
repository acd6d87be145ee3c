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

import org.jspecify.annotations.Nullable;

/** Ends the program with a line on stderr. */
final class CtlException extends RuntimeException {
    static final int FAILED = 1;
    static final int NO_SUCH_TOPIC = 3;
    static final int WAITED_TOO_LONG = 62;
    /** As if the signal for a closed pipe had ended the program. */
    static final int OUTPUT_CLOSED = 141;

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CtlException(int exitCode, String line) {
        super(line);
        this.exitCode = exitCode;
    }

    /** Exit code 1, {@code error <doing>: <cause>}. */
    static CtlException doing(String doing, @Nullable String cause) {
        return new CtlException(FAILED, "error " + doing + ": " + cause);
    }

    /** Whether somebody is there to read the line. */
    boolean isTold() {
        return exitCode != OUTPUT_CLOSED;
    }

    int exitCode() {
        return exitCode;
    }
}
