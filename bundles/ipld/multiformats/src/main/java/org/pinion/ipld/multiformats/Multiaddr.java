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
package org.pinion.ipld.multiformats;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network address that names each of its layers, like {@code /ip4/127.0.0.1/tcp/9096/p2p/12D3KooW…}. Equal when the
 * binary forms are. Immutable; any thread.
 *
 * <pre>
 * per part: | varint code | [varint length, if the value has no fixed size] | value |
 * </pre>
 *
 * <p>Specification: multiaddr.
 */
public final class Multiaddr {
    private final byte[] bytes;
    private final List<Component> components;
    private @Nullable String text;

    /** Owns {@code bytes}. */
    private Multiaddr(byte[] bytes, List<Component> components) {
        this.bytes = bytes;
        this.components = components;
    }

    /**
     * One part of an address.
     *
     * @param protocol what the part is
     * @param value its text, in the canonical spelling; null when the protocol has no value
     */
    public record Component(Protocol protocol, @Nullable String value) {
        /** The part alone as text. */
        @Override
        public String toString() {
            StringBuilder out = new StringBuilder();
            appendTo(out);
            return out.toString();
        }

        private void appendTo(StringBuilder out) {
            out.append('/').append(protocol.text());
            if (value != null) {
                if (!protocol.isPath() || !value.startsWith("/")) {
                    out.append('/');
                }
                out.append(value);
            }
        }
    }

    /**
     * Reads the text form; slashes at the end are ignored.
     *
     * @throws IllegalArgumentException if the text does not start with a slash, names an unknown protocol, or a value is
     *     missing or wrong
     */
    public static Multiaddr parse(String text) {
        try {
            return parseParts(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a multiaddress: \"" + text + "\": " + e.getMessage(), e);
        }
    }

    private static Multiaddr parseParts(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '/') {
            end--;
        }
        if (end == 0 || text.charAt(0) != '/') {
            throw new IllegalArgumentException(end == 0 ? "it is empty" : "it must begin with /");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(end);
        List<Component> components = new ArrayList<>();
        int at = 1;
        while (at <= end) {
            int stop = slash(text, at, end);
            String name = text.substring(at, stop);
            Protocol protocol = Protocol.byName(name)
                    .orElseThrow(() -> new IllegalArgumentException("unknown protocol \"" + name + "\""));
            byte[] value = new byte[0];
            if (protocol.hasValue()) {
                if (stop == end) {
                    throw new IllegalArgumentException(name + " lacks its value");
                }
                int from = protocol.isPath() ? stop : stop + 1;
                stop = protocol.isPath() ? end : slash(text, from, end);
                value = value(protocol, text.substring(from, stop));
            }
            append(out, protocol, value);
            components.add(component(protocol, value));
            at = stop + 1;
        }
        return new Multiaddr(out.toByteArray(), List.copyOf(components));
    }

    /**
     * Reads the binary form.
     *
     * @throws IllegalArgumentException if it is empty, cut off, has an unknown protocol or a wrong value
     */
    public static Multiaddr ofBytes(byte[] bytes) {
        try {
            return readParts(bytes.clone());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "not a multiaddress: " + Multibase.encode('f', bytes).substring(1) + ": " + e.getMessage(), e);
        }
    }

    private static Multiaddr readParts(byte[] bytes) {
        if (bytes.length == 0) {
            throw new IllegalArgumentException("it is empty");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        List<Component> components = new ArrayList<>();
        while (in.hasRemaining()) {
            long code = Varint.read(in);
            Protocol protocol = Protocol.byCode(code)
                    .orElseThrow(() -> new IllegalArgumentException("unknown protocol code " + code));
            int size = protocol.value().size();
            if (size < 0) {
                size = Varint.readInt(in, Integer.MAX_VALUE);
            }
            if (size > in.remaining()) {
                throw new IllegalArgumentException(
                        protocol + " needs " + size + " bytes, but " + in.remaining() + " follow");
            }
            byte[] value = new byte[size];
            in.get(value);
            components.add(component(protocol, value));
        }
        return new Multiaddr(bytes, List.copyOf(components));
    }

    /** A copy of the binary form. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Length of {@link #bytes()}. */
    public int size() {
        return bytes.length;
    }

    /** Appends the binary form without a copy in between. */
    public void writeTo(ByteBuffer out) {
        out.put(bytes);
    }

    /** The parts in order; unmodifiable. */
    public List<Component> components() {
        return components;
    }

    /** True for the address without parts, which {@link #withoutPeerId()} makes of {@code /p2p/…}. */
    public boolean isEmpty() {
        return components.isEmpty();
    }

    /** The last peer id: whom one reaches at this address. */
    public Optional<PeerId> peerId() {
        for (int i = components.size() - 1; i >= 0; i--) {
            Component component = components.get(i);
            if (component.protocol == Protocol.P2P && component.value != null) {
                return Optional.of(PeerId.ofBytes(Multibase.base58(component.value)));
            }
        }
        return Optional.empty();
    }

    /** This address with {@code peer} as its last part, in place of the peer id that is there. */
    public Multiaddr withPeerId(PeerId peer) {
        byte[] value = peer.bytes();
        ByteArrayOutputStream out = new ByteArrayOutputStream(value.length + 3);
        append(out, Protocol.P2P, value);
        return withoutPeerId()
                .append(new Multiaddr(out.toByteArray(), List.of(new Component(Protocol.P2P, peer.toString()))));
    }

    /** This address without the peer id at its end; peer ids of relays inside stay. */
    public Multiaddr withoutPeerId() {
        int last = components.size() - 1;
        if (last < 0 || components.get(last).protocol != Protocol.P2P) {
            return this;
        }
        String value = components.get(last).value;
        int valueSize = value == null ? 0 : Multibase.base58(value).length;
        int size = Varint.size(Protocol.P2P.code()) + Varint.size(valueSize) + valueSize;
        return new Multiaddr(Arrays.copyOf(bytes, bytes.length - size), components.subList(0, last));
    }

    /** The parts of this address and then those of {@code tail}. */
    public Multiaddr append(Multiaddr tail) {
        byte[] all = Arrays.copyOf(bytes, bytes.length + tail.bytes.length);
        System.arraycopy(tail.bytes, 0, all, bytes.length, tail.bytes.length);
        List<Component> parts = new ArrayList<>(components);
        parts.addAll(tail.components);
        return new Multiaddr(all, List.copyOf(parts));
    }

    /** Value of the first part with this protocol name; empty also when the protocol has no value. */
    public Optional<String> value(String protocolName) {
        Protocol wanted = Protocol.byName(protocolName).orElse(null);
        return wanted == null ? Optional.empty() : value(wanted);
    }

    /** Value of the first part with this protocol; empty also when the protocol has no value. */
    public Optional<String> value(Protocol protocol) {
        for (Component component : components) {
            if (component.protocol == protocol) {
                return Optional.ofNullable(component.value);
            }
        }
        return Optional.empty();
    }

    /** Whether some part has this protocol name. */
    public boolean has(String protocolName) {
        return Protocol.byName(protocolName).filter(this::has).isPresent();
    }

    /** Whether some part has this protocol. */
    public boolean has(Protocol protocol) {
        for (Component component : components) {
            if (component.protocol == protocol) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Multiaddr that && Arrays.equals(bytes, that.bytes));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Canonical text form; remembered, so later calls are free. */
    @Override
    public String toString() {
        String value = text;
        if (value == null) {
            StringBuilder out = new StringBuilder(64);
            for (Component component : components) {
                component.appendTo(out);
            }
            value = out.toString();
            text = value;
        }
        return value;
    }

    private static int slash(String text, int from, int end) {
        int at = text.indexOf('/', from);
        return at < 0 || at > end ? end : at;
    }

    private static byte[] value(Protocol protocol, String text) {
        try {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("value is empty");
            }
            return protocol.value().toBytes(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(protocol + ": " + e.getMessage(), e);
        }
    }

    private static Component component(Protocol protocol, byte[] value) {
        return new Component(protocol, protocol.hasValue() ? protocol.value().toText(value) : null);
    }

    private static void append(ByteArrayOutputStream out, Protocol protocol, byte[] value) {
        out.writeBytes(Varint.encode(protocol.code()));
        if (protocol.value().size() < 0) {
            out.writeBytes(Varint.encode(value.length));
        }
        out.writeBytes(value);
    }
}
