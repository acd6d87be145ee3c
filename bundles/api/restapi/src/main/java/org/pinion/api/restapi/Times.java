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
package org.pinion.api.restapi;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.pinion.spi.config.GoDuration;

/** Times and durations in the reference's (Go's) text forms. Pure. */
final class Times {
    private Times() {}

    /** RFC 3339 with up to nine fractional digits, trailing zeros removed. */
    static String format(Instant when, ZoneOffset offset) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(when.getEpochSecond(), when.getNano(), offset);
        StringBuilder out = new StringBuilder(35);
        padded(out, time.getYear(), 4).append('-');
        padded(out, time.getMonthValue(), 2).append('-');
        padded(out, time.getDayOfMonth(), 2).append('T');
        padded(out, time.getHour(), 2).append(':');
        padded(out, time.getMinute(), 2).append(':');
        padded(out, time.getSecond(), 2);
        int nanos = time.getNano();
        if (nanos != 0) {
            int digits = 9;
            while (nanos % 10 == 0) {
                nanos /= 10;
                digits--;
            }
            padded(out.append('.'), nanos, digits);
        }
        int minutes = offset.getTotalSeconds() / 60;
        if (minutes == 0) {
            return out.append('Z').toString();
        }
        out.append(minutes < 0 ? '-' : '+');
        padded(out, Math.abs(minutes) / 60, 2).append(':');
        return padded(out, Math.abs(minutes) % 60, 2).toString();
    }

    private static StringBuilder padded(StringBuilder out, int value, int digits) {
        String text = Integer.toString(value);
        for (int i = text.length(); i < digits; i++) {
            out.append('0');
        }
        return out.append(text);
    }

    /**
     * Reads RFC 3339.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Instant parse(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not an RFC 3339 time: \"" + text + "\"", e);
        }
    }

    /**
     * Reads a Go duration such as {@code 1h30m}, {@code -1.5s} or {@code 0}.
     *
     * @throws IllegalArgumentException if it is none or passes 292 years
     */
    static Duration duration(String text) {
        try {
            return GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a duration with units such as 1h30m or 10s: \"" + text + "\"", e);
        }
    }
}
