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
package org.pinion.client;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and durations in the text forms of the reference's language. Pure. */
public final class GoTime {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long WEEK = 7 * DAY;
    private static final long MONTH = 30 * DAY;
    private static final long YEAR = 12 * MONTH;

    private GoTime() {}

    /** RFC 3339 with up to nine fractional digits, trailing zeros removed. */
    public static String format(Instant when, ZoneOffset offset) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(when.getEpochSecond(), when.getNano(), offset);
        StringBuilder out = new StringBuilder(35);
        date(out, time, 'T');
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
        padded(out.append(minutes < 0 ? '-' : '+'), Math.abs(minutes) / 60, 2);
        return padded(out.append(':'), Math.abs(minutes) % 60, 2).toString();
    }

    /** {@code YYYY-MM-DD hh:mm:ss}. */
    static String plain(Instant when, ZoneOffset offset) {
        StringBuilder out = new StringBuilder(19);
        date(out, LocalDateTime.ofEpochSecond(when.getEpochSecond(), when.getNano(), offset), ' ');
        return out.toString();
    }

    private static void date(StringBuilder out, LocalDateTime time, char separator) {
        padded(out, time.getYear(), 4).append('-');
        padded(out, time.getMonthValue(), 2).append('-');
        padded(out, time.getDayOfMonth(), 2).append(separator);
        padded(out, time.getHour(), 2).append(':');
        padded(out, time.getMinute(), 2).append(':');
        padded(out, time.getSecond(), 2);
    }

    private static StringBuilder padded(StringBuilder out, int value, int digits) {
        String text = Integer.toString(value);
        for (int i = text.length(); i < digits; i++) {
            out.append('0');
        }
        return out.append(text);
    }

    /** How far {@code when} is from {@code now} in words: {@code 18 seconds from now}, {@code 2 days ago}. */
    public static String relative(Instant when, Instant now) {
        Duration gap = Duration.between(when, now).abs();
        long seconds = gap.toSeconds();
        if (seconds < 1) {
            return "now";
        }
        return words(seconds) + (when.isAfter(now) ? " from now" : " ago");
    }

    private static String words(long seconds) {
        if (seconds < MINUTE) {
            return count(seconds, "second");
        }
        if (seconds < HOUR) {
            return count(seconds / MINUTE, "minute");
        }
        if (seconds < DAY) {
            return count(seconds / HOUR, "hour");
        }
        if (seconds < WEEK) {
            return count(seconds / DAY, "day");
        }
        if (seconds < MONTH) {
            return count(seconds / WEEK, "week");
        }
        if (seconds < YEAR) {
            return count(seconds / MONTH, "month");
        }
        if (seconds < 18 * MONTH) {
            return "1 year";
        }
        if (seconds < 2 * YEAR) {
            return "2 years";
        }
        return seconds < 37 * YEAR ? seconds / YEAR + " years" : "a long while";
    }

    private static String count(long number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s");
    }

    /**
     * Reads a duration such as {@code 1h30m}, {@code -1.5s} or {@code 0}.
     *
     * @throws IllegalArgumentException if it is none or passes 292 years
     */
    public static Duration duration(String text) {
        Pattern part = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
        String rest = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        BigInteger nanos = BigInteger.ZERO;
        Matcher match = part.matcher(rest);
        int end = 0;
        while (end < rest.length() && match.find(end) && match.start() == end) {
            BigDecimal unit = BigDecimal.valueOf(unitNanos(match.group(2)));
            nanos = nanos.add(new BigDecimal(match.group(1)).multiply(unit).toBigInteger());
            end = match.end();
        }
        if (rest.isEmpty() || end < rest.length() || nanos.bitLength() > 63) {
            throw new IllegalArgumentException("not a duration with units such as 1h30m or 10s: \"" + text + "\"");
        }
        return Duration.ofNanos(text.startsWith("-") ? nanos.negate().longValue() : nanos.longValue());
    }

    private static long unitNanos(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 1_000L;
        };
    }
}
