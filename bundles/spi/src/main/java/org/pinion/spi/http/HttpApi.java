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
package org.pinion.spi.http;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** An HTTP API: the server opens its listeners when the service appears and closes them when it goes. */
@ConsumerType
public interface HttpApi {
    /** Name for logs, for example {@code restapi}. */
    String name();

    /** Listeners, authentication, limits. */
    HttpSettings settings();

    /** The routes; the first that fits is taken. */
    List<Route> routes();

    /**
     * Whether the server redirects paths with empty parts, dots or a slash at the end to the clean one. An API to which
     * such paths mean something says no and gets them as they came.
     */
    default boolean cleansPaths() {
        return true;
    }

    /**
     * Takes every request that no route fits, whatever its method and path. An API that has one speaks for somebody else:
     * preflights come here too, and answers carry no header of the server's own.
     */
    default Optional<Route.Handler> otherwise() {
        return Optional.empty();
    }

    /** Answers what no route takes, an error of a handler, or a refused request, in the API's own form. */
    void fail(Exchange exchange, int status, String message);
}
