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

import java.io.PrintStream;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.pinion.client.ClusterClient;
import org.pinion.client.JsonRenderer;
import org.pinion.client.TerminalText;
import org.pinion.client.TextRenderer;
import org.pinion.client.command.Invocation;
import org.pinion.client.command.Options;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;

/** One run of a command: its arguments, the client, where output goes. For one thread. */
final class Call extends Invocation {
    private static final long FLUSH_MILLIS = 20;

    private final ClusterClient client;
    private final Encoding encoding;
    private final Terminal terminal;
    private final Output output;
    private long flushedMillis;

    /** Where results go, and the time. */
    record Output(PrintStream out, PrintStream err, Clock clock) {}

    Call(Options parsed, ClusterClient client, Encoding encoding, Terminal terminal, Output output) {
        super(parsed, output.clock);
        this.client = client;
        this.encoding = encoding;
        this.terminal = terminal;
        this.output = output;
    }

    ClusterClient client() {
        return client;
    }

    Encoding encoding() {
        return encoding;
    }

    Terminal terminal() {
        return terminal;
    }

    boolean json() {
        return encoding.isJson();
    }

    TextRenderer text() {
        return new TextRenderer(client.offsets());
    }

    JsonRenderer jsonText() {
        return new JsonRenderer(client.offsets());
    }

    PrintStream err() {
        return output.err;
    }

    /** Prints one item; a stream's items appear as they come. */
    void print(String text) {
        String shown = terminal.safe(text);
        raw(terminal.colours() && !json() ? TerminalText.coloured(shown) : shown);
    }

    /** Prints text of our own as it is. */
    void raw(String text) {
        output.out.print(text);
        long now = output.clock.millis();
        if (now - flushedMillis > FLUSH_MILLIS) {
            flush();
            flushedMillis = now;
        }
    }

    /** Brings everything out; nobody may be there any more, as behind {@code | head}. */
    void flush() {
        if (output.out.checkError()) {
            throw new CtlException(CtlException.OUTPUT_CLOSED, "output is closed");
        }
    }

    @Override
    public RuntimeException unusable(String option, @Nullable String why) {
        return CtlException.doing("parsing " + option, why);
    }

    @Override
    protected RuntimeException interrupted() {
        return CtlException.doing("waiting", "interrupted");
    }

    Cid cid(int index) {
        return cid(argument(index));
    }

    static Cid cid(String text) {
        try {
            return Cid.parse(text);
        } catch (IllegalArgumentException e) {
            throw CtlException.doing("parsing cid", e.getMessage());
        }
    }

    static PeerId peer(String text, String doing) {
        try {
            return PeerId.parse(text);
        } catch (IllegalArgumentException e) {
            throw CtlException.doing(doing, e.getMessage());
        }
    }
}
