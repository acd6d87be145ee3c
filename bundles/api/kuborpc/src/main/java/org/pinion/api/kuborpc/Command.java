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
package org.pinion.api.kuborpc;

import java.util.List;

/**
 * A command.
 *
 * @param name its path, for example {@code pin/add}
 * @param options the options it looks at, for {@code commands}
 * @param handler what answers it
 */
record Command(String name, List<String> options, Handler handler) {
    static Command of(String name, Handler handler, String... options) {
        return new Command(name, List.of(options), handler);
    }

    /** Answers a call. May block: it runs on a thread of its own. */
    interface Handler {
        void run(Call call) throws Exception;
    }
}
