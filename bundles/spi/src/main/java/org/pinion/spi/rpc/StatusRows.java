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
package org.pinion.spi.rpc;

import java.util.List;
import org.pinion.spi.PinInfo;

/**
 * Several statuses of one peer as one RPC result.
 *
 * @param rows the statuses, sorted by CID
 */
public record StatusRows(List<PinInfo> rows) {
    /** Copies the list. */
    public StatusRows {
        rows = List.copyOf(rows);
    }
}
