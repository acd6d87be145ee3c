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
package org.pinion.ipld.dag.chunk;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Cuts one stream; used by one thread. Holds no more than one chunk and one buffer of at most 2 MiB. */
public interface Chunker {
    /**
     * Reads the next chunk, blocking as the stream does.
     *
     * @return null at the end of the stream
     */
    @Nullable
    Chunk next() throws IOException;
}
