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

/** Where what an option or argument can be is looked up, for completion. */
enum Source {
    /** Anything. */
    NONE,
    /** CIDs of the pin set. */
    CID,
    /** Names of pins. */
    PIN_NAME,
    /** Ids and names of peers. */
    PEER,
    /** Names of metrics. */
    METRIC,
    /** Types of components. */
    TYPE,
    /** Implementations of the type that stands before. */
    IMPLEMENTATION,
    /** Keys of the configuration. */
    CONFIG_KEY,
    /** Sections of the configuration. */
    CONFIG_SECTION,
    /** Statuses of pins, with commas. */
    STATUS,
    /** Types of pins, with commas. */
    PIN_TYPE,
    /** Forms of output. */
    ENCODING,
    /** Ways to pin. */
    MODE,
    /** Kinds of events, with commas. */
    EVENT,
    /** Files of this machine. */
    FILE;

    /** What completes the value of a command's option. */
    static Source ofOption(String command, String option) {
        return switch (option) {
            case "name" -> PIN_NAME;
            case "allocations" -> PEER;
            case "mode" -> MODE;
            case "encoding" -> ENCODING;
            case "types" -> EVENT;
            case "file" -> FILE;
            case "filter" -> command.equals("status") ? STATUS : PIN_TYPE;
            default -> NONE;
        };
    }
}
