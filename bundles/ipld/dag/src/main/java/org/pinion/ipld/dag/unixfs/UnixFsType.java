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

/** What a UnixFS node is; the ordinal is the number on the wire. */
public enum UnixFsType {
    /** A piece of a file; leaves of the trickle layout. */
    RAW,
    /** A plain directory. */
    DIRECTORY,
    /** A file or a piece of one. */
    FILE,
    /** Not in use; read like a file without content. */
    METADATA,
    /** A symbolic link. */
    SYMLINK,
    /** A directory, or a part of one, as a hash array mapped trie. */
    HAMT_SHARD
}
