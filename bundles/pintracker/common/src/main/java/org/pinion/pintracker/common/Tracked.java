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
package org.pinion.pintracker.common;

import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;

/**
 * A CID as the pin set and the tracker's rows have it; at least one of them does.
 *
 * @param cid the content
 * @param pin its entry in the pin set; null = not in it
 * @param row what the tracker remembers; null = nothing
 */
public record Tracked(Cid cid, @Nullable Pin pin, @Nullable TrackRow row) {}
