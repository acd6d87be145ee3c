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

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes a tar archive; long names get a pax header. An archive that is closed before its end is cut. For one thread. */
final class Tar implements AutoCloseable {
    private static final int BLOCK_BYTES = 512;
    private static final int MAX_NAME_BYTES = 100;
    private static final long MAX_OCTAL_SIZE = 077777777777L;

    private final OutputStream out;
    private boolean complete = true;

    Tar(OutputStream out) {
        this.out = out;
    }

    /** Whether a name stays in the folder that it is in. */
    static boolean isPlain(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.indexOf('/') < 0
                && name.indexOf('\\') < 0
                && name.indexOf(0) < 0;
    }

    void directory(String name) throws IOException {
        entry(name, '5', 0, "", 0755);
    }

    void link(String name, String target) throws IOException {
        entry(name, '2', 0, target, 0777);
    }

    /** Begins a file; its content goes to {@link #content}. */
    void file(String name, long size) throws IOException {
        entry(name, '0', size, "", 0644);
        complete = false;
    }

    OutputStream content() {
        return out;
    }

    void endFile(long size) throws IOException {
        pad(size);
        complete = true;
    }

    private void entry(String name, char type, long size, String target, int mode) throws IOException {
        StringBuilder extra = new StringBuilder();
        if (isLong(name)) {
            extra.append(record("path", name));
        }
        if (isLong(target)) {
            extra.append(record("linkpath", target));
        }
        if (size > MAX_OCTAL_SIZE) {
            extra.append(record("size", Long.toString(size)));
        }
        if (extra.length() > 0) {
            byte[] pax = extra.toString().getBytes(StandardCharsets.UTF_8);
            header("PaxHeaders.0/entry", 'x', pax.length, "", 0);
            out.write(pax);
            pad(pax.length);
        }
        header(name, type, Math.min(size, MAX_OCTAL_SIZE), target, mode);
    }

    private static boolean isLong(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length > MAX_NAME_BYTES || bytes.length != text.length();
    }

    /** {@code length key=value\n}, where the length counts itself. */
    private static String record(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int bytes = rest.getBytes(StandardCharsets.UTF_8).length;
        int length = bytes + Integer.toString(bytes).length();
        length = bytes + Integer.toString(length).length();
        return length + rest;
    }

    private void header(String name, char type, long size, String target, int mode) throws IOException {
        byte[] header = new byte[BLOCK_BYTES];
        text(header, 0, MAX_NAME_BYTES, name);
        octal(header, 100, 8, mode);
        octal(header, 108, 8, 0);
        octal(header, 116, 8, 0);
        octal(header, 124, 12, size);
        octal(header, 136, 12, 0);
        Arrays.fill(header, 148, 156, (byte) ' ');
        header[156] = (byte) type;
        text(header, 157, MAX_NAME_BYTES, target);
        text(header, 257, 6, "ustar");
        header[263] = '0';
        header[264] = '0';
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(header, 148, 7, sum);
        out.write(header);
    }

    private static void text(byte[] header, int at, int max, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, Math.min(bytes.length, max));
    }

    private static void octal(byte[] header, int at, int width, long number) {
        String digits = Long.toOctalString(number);
        int zeros = width - 1 - digits.length();
        Arrays.fill(header, at, at + zeros, (byte) '0');
        System.arraycopy(digits.getBytes(StandardCharsets.US_ASCII), 0, header, at + zeros, digits.length());
        header[at + width - 1] = 0;
    }

    private void pad(long size) throws IOException {
        int over = (int) (size % BLOCK_BYTES);
        if (over > 0) {
            out.write(new byte[BLOCK_BYTES - over]);
        }
    }

    @Override
    public void close() throws IOException {
        if (complete) {
            out.write(new byte[2 * BLOCK_BYTES]);
        }
        out.close();
    }
}
