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
package org.pinion.cluster;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.IpfsId;

/**
 * What a peer says of itself in its pings; a small JSON object, keys left out when empty.
 *
 * @param peername its configured name
 * @param ipfsId its IPFS node; null = not known
 * @param ipfsAddresses addresses of that node
 * @spec cluster wire "Metrics over pubsub"
 */
record PingValue(String peername, @Nullable PeerId ipfsId, List<Multiaddr> ipfsAddresses) {
    /** A peer that said nothing. */
    static final PingValue UNKNOWN = new PingValue("", null, List.of());

    PingValue {
        ipfsAddresses = List.copyOf(ipfsAddresses);
    }

    static PingValue of(String peername, IpfsId node) {
        return new PingValue(peername, node.id(), node.withReachableAddresses().addresses());
    }

    String toJson() {
        StringBuilder out = new StringBuilder("{");
        if (!peername.isEmpty()) {
            text(out.append("\"peer_name\":"), peername);
        }
        if (ipfsId != null) {
            text(comma(out).append("\"ipfs_id\":"), ipfsId.toString());
        }
        if (!ipfsAddresses.isEmpty()) {
            comma(out).append("\"ipfs_addresses\":[");
            for (int i = 0; i < ipfsAddresses.size(); i++) {
                text(i == 0 ? out : out.append(','), ipfsAddresses.get(i).toString());
            }
            out.append(']');
        }
        return out.append('}').toString();
    }

    /** Reads a value; one that cannot be understood, or a made-up ping without one, says nothing. */
    static PingValue parse(String json) {
        if (json.isEmpty()) {
            return UNKNOWN;
        }
        try {
            return new Reader(json).read();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return UNKNOWN;
        }
    }

    private static StringBuilder comma(StringBuilder out) {
        return out.length() > 1 ? out.append(',') : out;
    }

    private static void text(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    /** Reads one flat object of texts and lists of texts. */
    private static final class Reader {
        private final String json;
        private int at;

        Reader(String json) {
            this.json = json;
        }

        PingValue read() {
            String name = "";
            PeerId id = null;
            List<Multiaddr> addresses = new ArrayList<>();
            expect('{');
            while (!accept('}')) {
                String key = text();
                expect(':');
                List<String> values = values();
                switch (key) {
                    case "peer_name" -> name = values.get(0);
                    case "ipfs_id" -> id = values.get(0).isEmpty() ? null : PeerId.parse(values.get(0));
                    case "ipfs_addresses" -> values.forEach(value -> addresses.add(Multiaddr.parse(value)));
                    default -> {
                        // a later version may say more
                    }
                }
                accept(',');
            }
            return new PingValue(name, id, addresses);
        }

        private List<String> values() {
            if (!accept('[')) {
                return List.of(text());
            }
            List<String> values = new ArrayList<>();
            while (!accept(']')) {
                values.add(text());
                accept(',');
            }
            return values;
        }

        private String text() {
            expect('"');
            StringBuilder out = new StringBuilder();
            for (char c = json.charAt(at++); c != '"'; c = json.charAt(at++)) {
                out.append(c == '\\' ? escaped() : c);
            }
            return out.toString();
        }

        private char escaped() {
            char c = json.charAt(at++);
            return switch (c) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case 'r' -> '\r';
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'u' -> {
                    at += 4;
                    yield (char) Integer.parseInt(json.substring(at - 4, at), 16);
                }
                default -> c;
            };
        }

        private void expect(char wanted) {
            if (!accept(wanted)) {
                throw new IllegalArgumentException("no '" + wanted + "' at " + at);
            }
        }

        private boolean accept(char wanted) {
            while (at < json.length() && json.charAt(at) <= ' ') {
                at++;
            }
            if (at < json.length() && json.charAt(at) == wanted) {
                at++;
                return true;
            }
            return false;
        }
    }
}
