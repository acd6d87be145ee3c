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
import org.pinion.ipld.multiformats.Multiaddr;

/**
 * What the server made of an API's listeners. The server registers one as a service for every {@link HttpApi}, so others
 * can see the ports that were bound, or that an API could not be opened.
 *
 * @param api the API's name
 * @param addresses where it listens, with the real ports; empty when it failed
 * @param failure why it could not be opened
 */
public record HttpListening(String api, List<Multiaddr> addresses, Optional<String> failure) {
    /** Copies the list. */
    public HttpListening {
        addresses = List.copyOf(addresses);
    }
}
