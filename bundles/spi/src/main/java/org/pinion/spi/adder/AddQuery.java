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
package org.pinion.spi.adder;

import java.time.Instant;
import java.util.Locale;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.PinParameters;

/** Reads how to add from a query. Pure; every failure is {@code BAD_REQUEST}. */
public final class AddQuery {
    private static final int DEFAULT_INLINE_BYTES = 32;
    private static final int MAX_INLINE_BYTES = 128;

    private AddQuery() {}

    /**
     * Checks everything that can be checked before content is read.
     *
     * @param now for {@code expire-in}
     */
    public static AddParams read(Exchange.Request request, Instant now) {
        PinOptions options = PinParameters.options(request, now).toBuilder()
                .mode(PinMode.RECURSIVE)
                .pinUpdate(null)
                .build();
        String layout = request.parameter("layout");
        if (!layout.isEmpty() && !layout.equals("balanced") && !layout.equals("trickle")) {
            throw PinParameters.bad("layout parameter is invalid");
        }
        String format = oneOf(request, "format", "unixfs", "car");
        int cidVersion = PinParameters.integer(request, "cid-version");
        String chunker = request.parameter("chunker");
        String hash = request.parameter("hash");
        // parsed only to refuse what the reference refuses: the client walks the tree
        PinParameters.bool(request, "recursive", false);
        return new AddParams(
                options,
                format,
                layout,
                chunker.isEmpty() ? AddParams.DEFAULT.chunker() : chunker,
                PinParameters.bool(request, "raw-leaves", cidVersion > 0),
                cidVersion,
                hash.isEmpty() ? AddParams.DEFAULT.hash() : hash.toLowerCase(Locale.ROOT),
                PinParameters.bool(request, "wrap-with-directory", false),
                PinParameters.bool(request, "hidden", false),
                PinParameters.bool(request, "progress", false),
                PinParameters.bool(request, "shard", false),
                PinParameters.bool(request, "local", false),
                PinParameters.bool(request, "nocopy", false),
                PinParameters.bool(request, "no-pin", false),
                inlineLimit(request));
    }

    /** Not in the reference: as in Kubo. */
    private static int inlineLimit(Exchange.Request request) {
        boolean inline = PinParameters.bool(request, "inline", false);
        int limit = request.parameter("inline-limit").isEmpty()
                ? DEFAULT_INLINE_BYTES
                : PinParameters.integer(request, "inline-limit");
        if (limit < 0 || limit > MAX_INLINE_BYTES) {
            throw PinParameters.bad(
                    "parameter inline-limit invalid: " + limit + " is not from 0 to " + MAX_INLINE_BYTES);
        }
        return inline ? limit : 0;
    }

    private static String oneOf(Exchange.Request request, String name, String... known) {
        String text = request.parameter(name);
        for (String value : known) {
            if (text.equals(value)) {
                return value;
            }
        }
        if (text.isEmpty()) {
            return known[0];
        }
        throw PinParameters.bad("parameter " + name + " invalid: \"" + text + "\"");
    }
}
