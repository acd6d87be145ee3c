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
package org.pinion.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.config.GoDuration;

/**
 * One key of a section.
 *
 * @param path names from the section down, joined by dots: {@code connection_manager.high_water}
 * @param kind its form
 * @param fallback the default; null = no value
 * @param missing what happens when the key's object is there without it
 * @param zeroIsDefault whether 0, false and empty mean the default
 * @param written when {@code init} writes it
 * @param secret whether it never becomes a component property
 * @param badText what happens when the text cannot be read
 * @param rules checks of the final value
 * @param applies when a changed value counts in a running peer
 */
record Key(
        String path,
        Kind kind,
        @Nullable Object fallback,
        Missing missing,
        boolean zeroIsDefault,
        Written written,
        boolean secret,
        BadText badText,
        List<Rule> rules,
        Applies applies) {
    /** What a missing key means. */
    enum Missing {
        DEFAULT,
        ZERO
    }

    /** When a key goes into a new file. */
    enum Written {
        ALWAYS,
        IF_NOT_DEFAULT,
        NEVER
    }

    /** What a text of the wrong form means. */
    enum BadText {
        FAULT,
        /** Keeps the default, as the reference does. */
        DEFAULT,
        /** Counts as zero, so that a rule refuses it, as the reference does. */
        ZERO
    }

    /** When a changed value counts in a running peer. */
    enum Applies {
        AT_ONCE("applied at once"),
        /** Listeners or connections are opened again, or the component is. */
        AGAIN("component started again"),
        RESTART("needs a restart of the peer"),
        /** Checked and kept for the reference. */
        NEVER("has no effect here");

        private final String words;

        Applies(String words) {
            this.words = words;
        }

        /** As in answers and in the documentation's table. */
        String words() {
            return words;
        }

        /** Whether components of a running peer see it. */
        boolean isLive() {
            return this == AT_ONCE || this == AGAIN;
        }
    }

    /**
     * What a value must be.
     *
     * @param holds the check; never given null
     * @param range the allowed range in words
     * @param text the reference's message, for tools that look for it; {@code %v} stands for the value
     */
    record Rule(Predicate<Object> holds, String range, String text) {}

    static Key of(String path, Kind kind, @Nullable Object fallback) {
        return new Key(
                path,
                kind,
                fallback,
                Missing.DEFAULT,
                false,
                Written.ALWAYS,
                false,
                BadText.FAULT,
                List.of(),
                Applies.AT_ONCE);
    }

    static Key text(String path, String fallback) {
        return of(path, Kind.TEXT, fallback);
    }

    static Key bool(String path, boolean fallback) {
        return of(path, Kind.BOOL, fallback);
    }

    static Key integer(String path, long fallback) {
        return of(path, Kind.INT, fallback);
    }

    static Key duration(String path, String fallback) {
        return of(path, Kind.DURATION, GoDuration.parse(fallback));
    }

    static Key addresses(String path, String... fallback) {
        return of(path, Kind.ADDRESSES, List.of(fallback));
    }

    static Key address(String path, String fallback) {
        return of(path, Kind.ADDRESS, fallback);
    }

    /** Property name in Config Admin. */
    String property() {
        return path.replace('_', '.');
    }

    /** Name of the environment variable of this key in a section. */
    String variable(String prefix) {
        return prefix + path.replace("_", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    Key positive(String text) {
        return must(Key::isPositive, "more than " + (kind == Kind.DURATION ? "0s" : "0"), text);
    }

    Key notNegative(String text) {
        return must(
                value -> Kind.isZero(value) || isPositive(value),
                kind == Kind.DURATION ? "0s or more" : "0 or more",
                text);
    }

    Key notEmpty(String text) {
        return must(value -> !Kind.isZero(value), "given", text);
    }

    private static boolean isPositive(Object value) {
        if (value instanceof Duration duration) {
            return !duration.isNegative() && !duration.isZero();
        }
        return value instanceof BigDecimal decimal ? decimal.signum() > 0 : value instanceof Long number && number > 0;
    }

    /** A key without which a present section is refused, because its zero breaks a rule. */
    Key required() {
        return new Key(path, kind, fallback, Missing.ZERO, false, written, secret, badText, rules, applies);
    }

    Key orZero() {
        return new Key(path, kind, fallback, Missing.ZERO, zeroIsDefault, written, secret, badText, rules, applies);
    }

    Key zeroIsDefaultToo() {
        return new Key(path, kind, fallback, missing, true, written, secret, badText, rules, applies);
    }

    Key unlessDefault() {
        return new Key(
                path, kind, fallback, missing, zeroIsDefault, Written.IF_NOT_DEFAULT, secret, badText, rules, applies);
    }

    Key neverWritten() {
        return new Key(path, kind, fallback, missing, zeroIsDefault, Written.NEVER, secret, badText, rules, applies);
    }

    Key hidden() {
        return new Key(path, kind, fallback, missing, zeroIsDefault, written, true, badText, rules, applies);
    }

    Key ifBad(BadText then) {
        return new Key(path, kind, fallback, missing, zeroIsDefault, written, secret, then, rules, applies);
    }

    Key applies(Applies when) {
        return new Key(path, kind, fallback, missing, zeroIsDefault, written, secret, badText, rules, when);
    }

    Key must(Predicate<Object> holds, String range, String text) {
        List<Rule> more = new ArrayList<>(rules);
        more.add(new Rule(holds, range, text));
        return new Key(
                path, kind, fallback, missing, zeroIsDefault, written, secret, badText, List.copyOf(more), applies);
    }
}
