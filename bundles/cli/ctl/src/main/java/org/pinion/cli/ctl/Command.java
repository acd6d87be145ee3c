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
package org.pinion.cli.ctl;

import java.io.IOException;
import java.util.List;
import org.pinion.client.command.Option;

/**
 * One command.
 *
 * @param path its words, for example {@code pin add}
 * @param arguments its arguments for the help, for example {@code <CID|Path>}
 * @param summary one line
 * @param description paragraphs for the help; empty = the summary says it all
 * @param options its options
 * @param action what it does
 */
record Command(String path, String arguments, String summary, String description, List<Option> options, Action action) {
    /** Runs with parsed arguments. */
    interface Action {
        void run(Call call) throws IOException;
    }

    /** A command that its summary describes. */
    Command(String path, String arguments, String summary, List<Option> options, Action action) {
        this(path, arguments, summary, "", options, action);
    }

    String name() {
        return path.substring(path.lastIndexOf(' ') + 1);
    }
}
