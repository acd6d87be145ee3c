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
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.config.GoDuration;

/**
 * How a value stands in JSON. In memory: {@code String}, {@code Boolean}, {@code Long}, {@code BigDecimal},
 * {@code Duration}, {@code List}, {@code Map}.
 */
enum Kind {
    TEXT("a text"),
    BOOL("true or false"),
    INT("a whole number"),
    UINT("a whole number from 0"),
    FLOAT("a number"),
    DURATION("a duration like 30s or 1h30m"),
    ADDRESS("a multiaddress like /ip4/127.0.0.1/tcp/9094"),
    /** One text or a list of them. */
    ADDRESSES("a multiaddress like /ip4/127.0.0.1/tcp/9094, or a list of them"),
    ADDRESS_LIST("a list of multiaddresses"),
    TEXT_LIST("a list of texts"),
    NUMBER_LIST("a list of numbers"),
    TEXT_MAP("an object of texts"),
    LIST_MAP("an object of lists of texts"),
    OBJECT_LIST("a list of objects");

    private final String words;

    Kind(String words) {
        this.words = words;
    }

    /** What a value must be, for messages. */
    String words() {
        return words;
    }

    /** What a present section without the key gets where the default does not apply; null = no value. */
    @Nullable
    Object zero() {
        return switch (this) {
            case TEXT, ADDRESS -> "";
            case BOOL -> Boolean.FALSE;
            case INT, UINT -> 0L;
            case FLOAT -> BigDecimal.ZERO;
            case DURATION -> Duration.ZERO;
            case ADDRESSES, ADDRESS_LIST, TEXT_LIST -> List.of();
            case NUMBER_LIST, TEXT_MAP, LIST_MAP, OBJECT_LIST -> null;
        };
    }

    static boolean isZero(@Nullable Object value) {
        return value == null
                || value.equals("")
                || value.equals(Boolean.FALSE)
                || value.equals(0L)
                || value.equals(Duration.ZERO)
                || (value instanceof BigDecimal number && number.signum() == 0)
                || (value instanceof List<?> list && list.isEmpty());
    }

    /**
     * Turns a JSON value into the form in memory.
     *
     * @throws IllegalArgumentException if it is of another type or its text is wrong, with the reason
     */
    Object fromJson(Object json) {
        return switch (this) {
            case TEXT -> need(json, String.class);
            case BOOL -> need(json, Boolean.class);
            case INT -> need(json, Long.class);
            case UINT -> unsigned(json);
            case FLOAT -> decimal(json);
            case DURATION -> GoDuration.parse(need(json, String.class));
            case ADDRESS -> Multiaddr.parse(need(json, String.class)).toString();
            case ADDRESSES ->
                addresses(json instanceof String text ? (text.isEmpty() ? List.of() : List.of(text)) : json);
            case ADDRESS_LIST -> addresses(json);
            case TEXT_LIST -> texts(json);
            case NUMBER_LIST -> list(json).stream().map(this::decimal).toList();
            case TEXT_MAP -> map(json, value -> need(value, String.class));
            case LIST_MAP -> map(json, this::texts);
            case OBJECT_LIST ->
                list(json).stream().map(value -> need(value, Map.class)).toList();
        };
    }

    /** Turns the form in memory into JSON, with Go's spelling of durations. */
    @Nullable
    Object toJson(@Nullable Object value) {
        if (value instanceof Duration duration) {
            return GoDuration.format(duration);
        }
        if (value instanceof BigDecimal number) {
            return plain(number);
        }
        if (this == ADDRESSES && value instanceof List<?> list && list.size() == 1) {
            return list.get(0);
        }
        return value;
    }

    /**
     * Reads the value of an environment variable; the result still has to pass {@link #fromJson}.
     *
     * @throws IllegalArgumentException if it cannot be converted, with the reason
     */
    Object fromEnvironment(String text) {
        return switch (this) {
            case TEXT, DURATION, ADDRESS -> text;
            case BOOL -> bool(text);
            case INT -> integer(text);
            case UINT -> unsigned(integer(text));
            case FLOAT -> new BigDecimal(number(text));
            case ADDRESSES, ADDRESS_LIST, TEXT_LIST -> items(text);
            case NUMBER_LIST ->
                items(text).stream().map(item -> new BigDecimal(number(item))).toList();
            case TEXT_MAP -> pairs(text, value -> value);
            case LIST_MAP -> pairs(text, List::of);
            case OBJECT_LIST -> items(text).stream().map(item -> Map.of()).toList();
        };
    }

    private <T> T need(@Nullable Object json, Class<T> type) {
        if (!type.isInstance(json)) {
            throw new IllegalArgumentException("is " + typeOf(json) + ", must be " + words);
        }
        return type.cast(json);
    }

    static String typeOf(@Nullable Object json) {
        if (json == null) {
            return "null";
        }
        if (json instanceof Map) {
            return "an object";
        }
        if (json instanceof List) {
            return "a list";
        }
        if (json instanceof String) {
            return "a text";
        }
        return json instanceof Boolean ? "true or false" : "a number";
    }

    private Object unsigned(Object json) {
        if (json instanceof BigInteger big && big.signum() > 0 && big.bitLength() <= 64) {
            return Long.MAX_VALUE;
        }
        if (need(json, Long.class) < 0) {
            throw new IllegalArgumentException("must be " + words);
        }
        return json;
    }

    private BigDecimal decimal(@Nullable Object json) {
        if (json instanceof BigDecimal number) {
            return number;
        }
        return new BigDecimal(need(json, Number.class).toString());
    }

    private List<?> list(Object json) {
        return need(json, List.class);
    }

    private List<String> texts(@Nullable Object json) {
        List<String> texts = new ArrayList<>();
        for (Object item : need(json, List.class)) {
            texts.add(need(item, String.class));
        }
        return List.copyOf(texts);
    }

    private List<String> addresses(Object json) {
        return texts(json).stream()
                .map(text -> Multiaddr.parse(text).toString())
                .toList();
    }

    private Map<String, Object> map(Object json, java.util.function.Function<@Nullable Object, Object> value) {
        Map<String, Object> copy = new LinkedHashMap<>();
        for (Map.Entry<?, ?> row : ((Map<?, ?>) need(json, Map.class)).entrySet()) {
            copy.put(String.valueOf(row.getKey()), value.apply(row.getValue()));
        }
        return java.util.Collections.unmodifiableMap(copy);
    }

    private static Object plain(BigDecimal number) {
        BigDecimal short_ = number.stripTrailingZeros();
        return short_.scale() <= 0 ? (Object) short_.toBigInteger() : new BigDecimal(short_.toPlainString());
    }

    private static Boolean bool(String text) {
        return switch (text) {
            case "1", "t", "T", "TRUE", "true", "True" -> Boolean.TRUE;
            case "0", "f", "F", "FALSE", "false", "False" -> Boolean.FALSE;
            default ->
                throw new IllegalArgumentException("converting '" + text
                        + "' to type bool. details: strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
        };
    }

    private static Long integer(String text) {
        try {
            boolean negative = text.startsWith("-");
            String digits = negative || text.startsWith("+") ? text.substring(1) : text;
            String lower = digits.toLowerCase(java.util.Locale.ROOT);
            int base = lower.startsWith("0x") ? 16 : lower.startsWith("0o") ? 8 : lower.startsWith("0b") ? 2 : 10;
            return Long.parseLong((negative ? "-" : "") + (base == 10 ? digits : digits.substring(2)), base);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "converting '" + text + "' to type int. details: strconv.ParseInt: parsing \"" + text
                            + "\": invalid syntax",
                    e);
        }
    }

    private static String number(String text) {
        try {
            return new BigDecimal(text).toPlainString();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "converting '" + text + "' to type float64. details: strconv.ParseFloat: parsing \"" + text
                            + "\": invalid syntax",
                    e);
        }
    }

    private static List<String> items(String text) {
        return text.isBlank() ? List.of() : List.of(text.split(",", -1));
    }

    private static Map<String, Object> pairs(String text, java.util.function.Function<String, Object> value) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (String item : items(text)) {
            String[] pair = item.split(":", -1);
            if (pair.length != 2) {
                throw new IllegalArgumentException("invalid map item: \"" + item + "\", must be key:value");
            }
            map.put(pair[0], value.apply(pair[1]));
        }
        return map;
    }
}
