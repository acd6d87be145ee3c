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

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Leaves colours out: some commands of the shell take every output for a terminal. For one thread at a time. */
final class PlainOutput extends FilterOutputStream {
    private static final int ESCAPE = 0x1b;

    private enum At {
        TEXT,
        ESCAPED,
        SEQUENCE
    }

    private At at = At.TEXT;

    PlainOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int one) throws IOException {
        switch (at) {
            case TEXT -> {
                if (one == ESCAPE) {
                    at = At.ESCAPED;
                } else {
                    out.write(one);
                }
            }
            case ESCAPED -> at = one == '[' ? At.SEQUENCE : At.TEXT;
            case SEQUENCE -> at = one >= '@' && one <= '~' ? At.TEXT : At.SEQUENCE;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            write(bytes[i]);
        }
    }
}
