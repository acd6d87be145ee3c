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
package org.pinion.libp2p.mdns;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message of multicast DNS, as far as finding services needs it.
 *
 * <pre>
 *   id(2) flags(2) questions(2) answers(2) authorities(2) additional(2)
 *   question = name type(2) class(2)
 *   record   = name type(2) class(2) ttl(4) length(2) data
 *   name     = *( length(1) label ) 0  |  ... 0xC0 + offset of a name before
 * </pre>
 *
 * @param id repeated in answers to those who are no part of multicast DNS
 * @param response whether it answers
 * @param questions what it asks
 * @param records what it tells, of all three sections
 * @spec RFC 1035 section 4, RFC 6762 section 18
 */
record DnsMessage(int id, boolean response, List<Question> questions, List<Resource> records) {
    static final int A = 1;
    static final int PTR = 12;
    static final int TXT = 16;
    static final int AAAA = 28;
    static final int SRV = 33;
    static final int ANY = 255;
    /** Largest packet that is sent or read, in bytes. */
    static final int MAX_BYTES = 9000;

    private static final int INTERNET = 1;
    /** Set in the class of records that replace what was known, and of questions that want an answer of their own. */
    private static final int TOP_BIT = 0x8000;

    private static final int RESPONSE_FLAGS = 0x8400;
    private static final int MAX_ENTRIES = 256;
    private static final int MAX_NAME = 255;
    private static final int MAX_LABEL = 63;

    /** What is asked for. */
    record Question(List<String> name, int type) {}

    /**
     * What is told.
     *
     * @param target the name in the data of PTR records; empty for others
     * @param data as it stands in the packet
     */
    record Resource(List<String> name, int type, long ttlSeconds, List<String> target, byte[] data) {
        static Resource of(List<String> name, int type, long ttlSeconds, byte[] data) {
            return new Resource(name, type, ttlSeconds, List.of(), data);
        }

        static Resource pointer(List<String> name, long ttlSeconds, List<String> target) {
            return new Resource(name, PTR, ttlSeconds, target, nameBytes(target));
        }

        /** Only those of a service are shared with other peers. */
        private int classBits() {
            return type == PTR ? INTERNET : INTERNET | TOP_BIT;
        }
    }

    /** A question to all. */
    static DnsMessage query(List<String> name, int type) {
        return new DnsMessage(0, false, List.of(new Question(name, type)), List.of());
    }

    /**
     * Reads a packet.
     *
     * @throws IOException if it is no such message or passes a limit
     */
    static DnsMessage decode(byte[] packet, int length) throws IOException {
        if (length > MAX_BYTES) {
            throw new IOException("packet of " + length + " bytes, limit " + MAX_BYTES);
        }
        ByteBuffer in = ByteBuffer.wrap(packet, 0, length).slice();
        need(in, 12);
        int id = in.getShort() & 0xffff;
        boolean response = (in.getShort() & 0x8000) != 0;
        int asked = in.getShort() & 0xffff;
        int told = (in.getShort() & 0xffff) + (in.getShort() & 0xffff) + (in.getShort() & 0xffff);
        if (asked + told > MAX_ENTRIES) {
            throw new IOException("message of " + (asked + told) + " entries, limit " + MAX_ENTRIES);
        }
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < asked; i++) {
            List<String> name = name(in);
            need(in, 4);
            questions.add(new Question(name, in.getShort() & 0xffff));
            in.getShort();
        }
        List<Resource> records = new ArrayList<>();
        for (int i = 0; i < told; i++) {
            records.add(resource(in));
        }
        return new DnsMessage(id, response, questions, records);
    }

    private static Resource resource(ByteBuffer in) throws IOException {
        List<String> name = name(in);
        need(in, 10);
        int type = in.getShort() & 0xffff;
        in.getShort();
        long ttl = in.getInt() & 0xffffffffL;
        int length = in.getShort() & 0xffff;
        need(in, length);
        int end = in.position() + length;
        byte[] data = new byte[length];
        in.duplicate().get(data);
        List<String> target = List.of();
        if (type == PTR) {
            target = name(in);
        }
        in.position(end);
        return new Resource(name, type, ttl, target, data);
    }

    /** A name; each jump leads further back than the one before, so that it ends. */
    private static List<String> name(ByteBuffer in) throws IOException {
        List<String> labels = new ArrayList<>();
        ByteBuffer at = in;
        int bytes = 0;
        int lowest = in.position();
        while (true) {
            need(at, 1);
            int length = at.get() & 0xff;
            if (length == 0) {
                return labels;
            }
            if (length >= 0xc0) {
                need(at, 1);
                int offset = (length & 0x3f) << 8 | at.get() & 0xff;
                if (offset >= lowest) {
                    throw new IOException("name leads forward to " + offset + " from " + lowest);
                }
                lowest = offset;
                at = in.duplicate().position(offset);
                continue;
            }
            bytes += length + 1;
            if (length > MAX_LABEL || bytes > MAX_NAME) {
                throw new IOException("name of " + bytes + " bytes with a label of " + length);
            }
            need(at, length);
            byte[] label = new byte[length];
            at.get(label);
            labels.add(new String(label, StandardCharsets.UTF_8));
        }
    }

    private static void need(ByteBuffer in, int bytes) throws IOException {
        if (in.remaining() < bytes) {
            throw new IOException("message ends at " + in.limit() + ", wanted " + bytes + " bytes more");
        }
    }

    /** The packet. */
    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeShort(id);
            out.writeShort(response ? RESPONSE_FLAGS : 0);
            out.writeShort(questions.size());
            out.writeShort(records.size());
            out.writeInt(0);
            for (Question question : questions) {
                out.write(nameBytes(question.name));
                out.writeShort(question.type);
                out.writeShort(INTERNET);
            }
            for (Resource resource : records) {
                out.write(nameBytes(resource.name));
                out.writeShort(resource.type);
                out.writeShort(resource.classBits());
                out.writeInt((int) resource.ttlSeconds);
                out.writeShort(resource.data.length);
                out.write(resource.data);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A name as it stands in a packet. */
    static byte[] nameBytes(List<String> labels) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String label : labels) {
            byte[] text = label.getBytes(StandardCharsets.UTF_8);
            if (text.length == 0 || text.length > MAX_LABEL) {
                throw new IllegalArgumentException(
                        "label \"" + label + "\" has " + text.length + " bytes, limit " + MAX_LABEL);
            }
            bytes.write(text.length);
            bytes.writeBytes(text);
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    /** Names differ in more than upper and lower case. */
    static boolean same(List<String> one, List<String> other) {
        if (one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            if (!one.get(i).equalsIgnoreCase(other.get(i))) {
                return false;
            }
        }
        return true;
    }
}
