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

import org.pinion.client.command.Option;
import org.pinion.client.command.UsageErrors;

/** Ends a command with a message and an exit status. */
final class ShellFailure extends RuntimeException {
    /** The command could not do what it was asked for. */
    static final int FAILED = 1;
    /** The command was written wrongly, or does not exist. */
    static final int WRONG_USAGE = 2;
    /** Somebody pressed ctrl-C. */
    static final int INTERRUPTED = 130;

    /** Command lines that cannot be understood. */
    static final UsageErrors ERRORS = new UsageErrors() {
        @Override
        public RuntimeException unknown(String word, String name) {
            return usage("no option " + word + "; --help shows those that there are");
        }

        @Override
        public RuntimeException noValue(String word, String name) {
            return usage("option " + word + " needs a value");
        }

        @Override
        public RuntimeException invalid(Option option, String value, String why) {
            return usage("invalid value \"" + value + "\" for option --" + option.name() + ": " + why);
        }
    };

    private static final long serialVersionUID = 1L;

    private final int status;

    private ShellFailure(int status, String message) {
        super(message);
        this.status = status;
    }

    static ShellFailure usage(String message) {
        return new ShellFailure(WRONG_USAGE, message);
    }

    static ShellFailure failed(String message) {
        return new ShellFailure(FAILED, message);
    }

    static ShellFailure interrupted() {
        return new ShellFailure(INTERRUPTED, "interrupted");
    }

    int status() {
        return status;
    }

    /** The exit status that stands for a failure of any command, ours or others'. */
    static int statusOf(Throwable failure) {
        int status = FAILED;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShellFailure known) {
                return known.status;
            }
            if (cause instanceof InterruptedException) {
                return INTERRUPTED;
            }
            String name = cause.getClass().getSimpleName();
            // the shell's own classes for these are not exported, or differ between its layers
            if (name.equals("CommandNotFoundException") || name.equals("CommandException") || name.endsWith("Error")) {
                status = WRONG_USAGE;
            }
        }
        return status;
    }
}
