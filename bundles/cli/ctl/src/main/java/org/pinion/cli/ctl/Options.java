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

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Builds options without annotations, which keeps the start of the program fast. */
final class Options {
    private Options() {}

    /** A switch; one dash and two are the same. */
    static OptionSpec flag(String description, String... names) {
        return OptionSpec.builder(dashed(names))
                .type(boolean.class)
                .defaultValue("false")
                .description(description)
                .build();
    }

    /** An option with a text. */
    static OptionSpec text(String otherwise, String description, String... names) {
        return OptionSpec.builder(dashed(names))
                .type(String.class)
                .arity("1")
                .paramLabel("value")
                .defaultValue(otherwise)
                .description(description)
                .build();
    }

    /** An option that may be given several times. */
    static OptionSpec texts(String description, String... names) {
        return OptionSpec.builder(dashed(names))
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .paramLabel("value")
                .description(description)
                .build();
    }

    private static String[] dashed(String... names) {
        return Arrays.stream(names)
                .flatMap(name ->
                        Stream.of((name.length() == 1 ? "-" : "--") + name, (name.length() == 1 ? "--" : "-") + name))
                .toArray(String[]::new);
    }

    /** Parses words; what is no option is an argument. */
    static ParseResult parse(List<OptionSpec> options, boolean stopAtArgument, String... words) {
        CommandSpec spec = CommandSpec.create();
        options.forEach(spec::addOption);
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel("argument")
                .build());
        CommandLine line = new CommandLine(spec);
        line.setPosixClusteredShortOptionsAllowed(false);
        line.setUnmatchedOptionsArePositionalParams(!stopAtArgument);
        line.setStopAtPositional(stopAtArgument);
        line.setOverwrittenOptionsAllowed(true);
        line.setExpandAtFiles(false);
        line.setInterpolateVariables(false);
        line.setAllowOptionsAsOptionParameters(true);
        return line.parseArgs(words);
    }
}
