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

/**
 * What the root node of a DAG says about itself.
 *
 * @param type a bare chunk counts as {@link UnixFsType#FILE}
 * @param fileBytes bytes of the file, 0 for a directory, length of the target for a symbolic link
 * @param cumulativeBytes encoded bytes of the root and, as its links claim, of all below it
 * @param links links of the root
 * @param mode POSIX permission bits, or {@link UnixFsNode#ABSENT}
 */
public record UnixFsStat(UnixFsType type, long fileBytes, long cumulativeBytes, int links, long mode) {}
