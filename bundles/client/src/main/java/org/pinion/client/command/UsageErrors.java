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

import org.osgi.annotation.versioning.ConsumerType;

/** How a program tells that a command line cannot be understood. Any thread. */
@ConsumerType
public interface UsageErrors {
    /**
     * There is no such option.
     *
     * @param word as it was given, with its dashes
     * @param name the name in it
     */
    RuntimeException unknown(String word, String name);

    /**
     * The words end where the option's value should be.
     *
     * @param word as it was given, with its dashes
     * @param name the name in it
     */
    RuntimeException noValue(String word, String name);

    /** The option does not take this value. */
    RuntimeException invalid(Option option, String value, String why);
}
