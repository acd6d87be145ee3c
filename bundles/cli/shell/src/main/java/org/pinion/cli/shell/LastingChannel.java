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

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.WritableByteChannel;
import org.apache.felix.service.command.CommandSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output of a session, which stays open when a command is interrupted while it prints. The channel that the command
 * processor makes of a stream closes then, and with it the output of all later commands; it offers no way to give it
 * another one, which is why its field is set. Any thread.
 */
final class LastingChannel implements WritableByteChannel {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.cli.shell");
    private static final String FIELD = "channels";

    private final OutputStream out;

    private LastingChannel(OutputStream out) {
        this.out = out;
    }

    /** Makes a stream the standard output and error output of a session, before its first command. */
    static void install(CommandSession session, OutputStream out) {
        try {
            Field field = session.getClass().getDeclaredField(FIELD);
            field.setAccessible(true);
            if (field.get(session) instanceof Channel[] channels && channels.length == 3) {
                channels[1] = new LastingChannel(out);
                channels[2] = channels[1];
                return;
            }
            log.warn("the shell's output may end at an interrupt: its channels are not as expected");
        } catch (ReflectiveOperationException | RuntimeException e) {
            log.warn("the shell's output may end at an interrupt: {}", e.toString());
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        out.write(bytes);
        out.flush();
        return bytes.length;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        // the connection ends it
    }
}
