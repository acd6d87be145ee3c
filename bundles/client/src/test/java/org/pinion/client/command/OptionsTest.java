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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    private static final List<Option> KNOWN = List.of(
            Option.flag("a flag", "flag", "f"),
            Option.text("other", "a text", "text", "t"),
            Option.texts("texts", "each", "e"),
            Option.number("7", "a number", "number"),
            Option.duration("0s", "a duration", "wait"));

    private static final UsageErrors ERRORS = new UsageErrors() {
        @Override
        public RuntimeException unknown(String word, String name) {
            return new IllegalStateException("unknown " + word + " " + name);
        }

        @Override
        public RuntimeException noValue(String word, String name) {
            return new IllegalStateException("no value " + word + " " + name);
        }

        @Override
        public RuntimeException invalid(Option option, String value, String why) {
            return new IllegalStateException("invalid " + option.name() + "=" + value + ": " + why);
        }
    };

    private static Options strictly(String... words) {
        return Options.strictly(KNOWN, List.of(words), ERRORS);
    }

    @Test
    void optionsAndArgumentsComeInAnyOrder() {
        Options parsed = strictly("a", "-flag", "--t", "one", "b", "-t=two", "-e", "1", "--each=2", "--", "-f", "--");
        assertThat(parsed.arguments()).containsExactly("a", "b", "-f", "--");
        assertThat(parsed.flag("f")).isTrue();
        assertThat(parsed.value("text")).isEqualTo("two");
        assertThat(parsed.values("e")).containsExactly("1", "2");
        assertThat(parsed.has("number")).isFalse();
        assertThat(parsed.value("number")).isEqualTo("7");
        assertThat(parsed.value("other")).isEmpty();
        assertThat(parsed.values("other")).isEmpty();
        assertThat(parsed.flag("other")).isFalse();
        assertThat(strictly("-").arguments()).containsExactly("-");
    }

    @Test
    void optionsBeforeACommandEndAtTheFirstArgument() {
        Options parsed = Options.before(KNOWN, List.of("-f", "command", "-f", "--unknown"), ERRORS);
        assertThat(parsed.flag("flag")).isTrue();
        assertThat(parsed.arguments()).containsExactly("command", "-f", "--unknown");
        assertThat(Options.before(KNOWN, List.of("--", "-f"), ERRORS).arguments())
                .containsExactly("-f");
    }

    @Test
    void unknownOptionsAfterAnArgumentAreErrorsOnlyWhereThatIsWanted() {
        assertThat(Options.among(KNOWN, List.of("a", "--unknown", "-f"), ERRORS).arguments())
                .containsExactly("a", "--unknown");
        assertThatThrownBy(() -> Options.among(KNOWN, List.of("--unknown", "a"), ERRORS))
                .hasMessage("unknown --unknown unknown");
        assertThatThrownBy(() -> strictly("a", "--unknown=1")).hasMessage("unknown --unknown=1 unknown");
        assertThatThrownBy(() -> strictly("a", "-t")).hasMessage("no value -t t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--flag=maybe", "--number=1.5", "--number=", "--number=3000000000", "--wait=10"})
    void valuesOfTheWrongKindAreErrors(String word) {
        assertThatThrownBy(() -> strictly(word)).hasMessageStartingWith("invalid " + word.substring(2) + ": ");
    }

    @Test
    void flagsTakeEverySpellingOfTruth() {
        for (String yes : List.of("1", "t", "T", "true", "True", "TRUE")) {
            assertThat(strictly("-f=" + yes).flag("f")).isTrue();
        }
        for (String no : List.of("0", "f", "F", "false", "False", "FALSE")) {
            assertThat(strictly("-f", "-f=" + no).flag("f")).isFalse();
        }
    }

    @Test
    void aWordNamesItsOption() {
        assertThat(Options.named(KNOWN, "--text=a")).isEqualTo(KNOWN.get(1));
        assertThat(Options.named(KNOWN, "-f")).isEqualTo(KNOWN.get(0));
        assertThat(Options.named(KNOWN, "text")).isNull();
        assertThat(Options.named(KNOWN, "--unknown")).isNull();
    }

    @Test
    void helpIsBrokenBetweenWordsAndTellsDefaults() {
        HelpText form = new HelpText(30, 20);
        StringBuilder out = new StringBuilder();
        form.paragraphs(out, "One paragraph that is rather long.\n\nAnother.\n");
        KNOWN.subList(0, 2).forEach(option -> form.option(out, option));
        form.row(out, "a-long-name-for-this", "b");
        assertThat(out.toString().lines())
                .containsExactly(
                        "   One paragraph that is",
                        "   rather long.",
                        "",
                        "   Another.",
                        "   --flag, -f       a flag",
                        "   --text, -t value a text",
                        " ".repeat(20) + "(default:",
                        " ".repeat(20) + "other)",
                        "   a-long-name-for-this  b");
    }
}
