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
package org.pinion.ipld.dag;

import org.pinion.ipld.multiformats.Cid;

/**
 * A link of a dag-pb node.
 *
 * @param cid target
 * @param name may be empty. Names that are not UTF-8 are read with U+FFFD in place of the bad bytes
 * @param tsize cumulative bytes of the target as its author claims, unsigned
 */
public record PbLink(Cid cid, String name, long tsize) {}
