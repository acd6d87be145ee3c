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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of a request that is sent by one thread while another one reads the answer. */
interface Sending {
    /** Adds what announces the body to the headers that every request has. */
    Map<String, String> headers(Map<String, String> common);

    /** Takes the source, which can be read only once; false = it was taken before. */
    boolean start();

    /** Sends everything, on the sender's thread; a source that fails ends the connection. */
    void run(HttpConnection connection);

    /** Why the source could not be read; null = it could. */
    @Nullable
    IOException failure();
}
