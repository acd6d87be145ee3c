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

import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;

/**
 * What became of one item of many.
 *
 * @param line the item's number, from 1
 * @param cid its CID; null = the server could not read it
 * @param pin what was pinned or unpinned; null = it failed
 * @param error why it failed; null = it did not
 */
public record BulkResult(
        long line,
        @Nullable Cid cid,
        @Nullable Pin pin,
        @Nullable ApiException error) {}
