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
package org.pinion.cli.shell;

import java.util.List;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.jspecify.annotations.Nullable;

/** A command in our scope that completes its own words. Any thread. */
abstract class CompletedCommand implements Command, Completer {
    /**
     * What the word under the cursor could become, when the line is one of this command.
     *
     * @param index the word
     * @param position the cursor in it
     */
    abstract List<String> candidates(String[] words, int index, int position);

    @Override
    public final String getScope() {
        return Spec.SCOPE;
    }

    @Override
    public final Completer getCompleter(boolean scoped) {
        return this;
    }

    @Override
    public final @Nullable Parser getParser() {
        return null;
    }

    @Override
    public final int complete(Session session, CommandLine line, List<String> candidates) {
        candidates.addAll(candidates(line));
        return line.getBufferPosition() - line.getArgumentPosition();
    }

    @Override
    public final void completeCandidates(Session session, CommandLine line, List<Candidate> candidates) {
        candidates(line).forEach(text -> candidates.add(new Candidate(text, !text.endsWith("/"))));
    }

    private List<String> candidates(CommandLine line) {
        return candidates(line.getArguments(), line.getCursorArgumentIndex(), line.getArgumentPosition());
    }
}
