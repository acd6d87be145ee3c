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
package org.pinion.ipld.dag.unixfs;

import java.io.IOException;
import org.pinion.ipld.multiformats.Cid;

/** A path names something that is not there. The text is Kubo's. */
public final class NoSuchEntryException extends IOException {
    private static final long serialVersionUID = 1L;

    NoSuchEntryException(String name, Cid under) {
        super("no link named \"" + name + "\" under " + under);
    }
}
