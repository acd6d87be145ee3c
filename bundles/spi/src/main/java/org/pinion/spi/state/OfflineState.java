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
package org.pinion.spi.state;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.spi.datastore.Datastore;

/** Export, import and cleanup of a pin set while the peer is down; found by {@code ServiceLoader}. */
@ConsumerType
public interface OfflineState {
    /** Writes every pin as one line of JSON; returns how many. */
    long exportTo(Datastore store, OutputStream out) throws IOException;

    /** Replaces the pin set by the lines of {@code in}; returns how many. All or nothing: a bad line changes nothing. */
    long importFrom(Datastore store, InputStream in) throws IOException;

    /**
     * Removes the pin set and everything the consensus keeps: the spaces {@code ELEMENTS} and {@code DAG}, and the rows
     * of {@code META} whose keys start with {@code consensus/}.
     */
    void clean(Datastore store);
}
