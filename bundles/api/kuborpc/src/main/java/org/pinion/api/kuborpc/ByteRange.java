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
package org.pinion.api.kuborpc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of content; a length of 0 stands for a range that begins behind its end.
 *
 * @param from first byte
 * @param length number of bytes
 * @spec RFC 9110 section 14.2
 */
record ByteRange(long from, long length) {
    private static final Pattern FIRST = Pattern.compile("bytes=\\s*([0-9]{0,18})-([0-9]{0,18})\\s*(,.*)?");

    /** The first range of a header; null if there is none, or it cannot be understood, which means everything. */
    static @Nullable ByteRange parse(String header, long size) {
        Matcher matcher = FIRST.matcher(header);
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return null;
        }
        if (matcher.group(1).isEmpty()) {
            long last = Math.min(Long.parseLong(matcher.group(2)), size);
            return new ByteRange(size - last, last);
        }
        long from = Long.parseLong(matcher.group(1));
        long to = matcher.group(2).isEmpty() ? size - 1 : Math.min(Long.parseLong(matcher.group(2)), size - 1);
        if (!matcher.group(2).isEmpty() && Long.parseLong(matcher.group(2)) < from) {
            return null;
        }
        return new ByteRange(from, Math.max(0, to - from + 1));
    }
}
