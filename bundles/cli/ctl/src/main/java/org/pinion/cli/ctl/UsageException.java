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
import org.pinion.client.command.Option;
import org.pinion.client.command.UsageErrors;

/** The command line cannot be understood: the help is shown. */
final class UsageException extends RuntimeException {
    /** In the reference's words. */
    static final UsageErrors ERRORS = new UsageErrors() {
        @Override
        public RuntimeException unknown(String word, String name) {
            return new UsageException("flag provided but not defined: -" + name);
        }

        @Override
        public RuntimeException noValue(String word, String name) {
            return new UsageException("flag needs an argument: -" + name);
        }

        @Override
        public RuntimeException invalid(Option option, String value, String why) {
            return new UsageException("invalid value \"" + value + "\" for flag -" + option.name() + ": " + why);
        }
    };

    private static final long serialVersionUID = 1L;

    UsageException(@Nullable String message) {
        super(message);
    }
}
