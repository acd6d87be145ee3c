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

/** Room that a chunk needs around it so that its leaf node can be written in place. */
public interface Frame {
    /** No room: the chunk is the block. */
    Frame NONE = new Frame() {
        @Override
        public int headBytes(int length) {
            return 0;
        }

        @Override
        public int tailBytes(int length) {
            return 0;
        }
    };

    /** Bytes wanted before a chunk of this length. */
    int headBytes(int length);

    /** Bytes wanted after a chunk of this length. */
    int tailBytes(int length);
}
