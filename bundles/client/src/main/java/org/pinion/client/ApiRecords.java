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

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;

/** Reads what is in answers of all kinds. */
final class ApiRecords {
    private ApiRecords() {}

    static <T> T required(@Nullable T value, String what) throws IOException {
        if (value == null) {
            throw new IOException("answer lacks " + what);
        }
        return value;
    }

    /** An error object; null if the document is none. */
    static @Nullable ApiException error(JsonIn in) throws IOException {
        var it = new Object() {
            int code;
            String message = "";
        };
        in.object(field -> {
            switch (field) {
                case "code" -> it.code = (int) in.number();
                case "message" -> it.message = in.text();
                default -> {}
            }
        });
        return it.code == 0 ? null : new ApiException(it.code, it.message);
    }

    /** One line of the answer to many pins or unpins. */
    static BulkResult result(JsonIn in) throws IOException {
        var it = new Object() {
            long line;

            @Nullable
            Cid cid;

            @Nullable
            Pin pin;

            @Nullable
            ApiException error;
        };
        in.object(field -> {
            switch (field) {
                case "line" -> it.line = in.number();
                case "cid" -> it.cid = in.cid();
                case "pin" -> it.pin = PinRecords.pin(in);
                case "error" -> it.error = error(in);
                default -> {}
            }
        });
        return new BulkResult(it.line, it.cid, it.pin, it.error);
    }

    /** The only field that is asked for. */
    static String field(JsonIn in, String wanted) throws IOException {
        String[] found = {""};
        in.object(name -> found[0] = name.equals(wanted) ? in.text() : found[0]);
        return found[0];
    }

    static List<String> strings(JsonIn in) throws IOException {
        return in.list(in::text);
    }
}
