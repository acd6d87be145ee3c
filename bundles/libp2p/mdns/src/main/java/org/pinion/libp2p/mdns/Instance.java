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

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.pinion.libp2p.mdns.DnsMessage.Question;
import org.pinion.libp2p.mdns.DnsMessage.Resource;

/**
 * One instance of a service: what it answers, and what it hears of others. No I/O.
 *
 * @param service the labels of the service, such as {@code _example}, {@code _udp}, {@code local}
 * @param name of this instance, and of its host
 * @param address of its host
 */
record Instance(List<String> service, String name, InetAddress address) {
    private static final long TTL_SECONDS = 120;
    /** A port has to be told, nobody uses it: addresses are in the text record. */
    private static final int PORT = 4001;

    Instance {
        service = List.copyOf(service);
    }

    static Instance of(String service, String name, InetAddress address) {
        List<String> labels = new ArrayList<>(List.of(service.split("\\.")));
        labels.add("local");
        return new Instance(labels, name, address);
    }

    private List<String> fullName() {
        List<String> labels = new ArrayList<>(List.of(name));
        labels.addAll(service);
        return labels;
    }

    /** The question who is there. */
    DnsMessage query() {
        return DnsMessage.query(service, DnsMessage.PTR);
    }

    /** Whether a message asks for us. */
    boolean isAsked(DnsMessage message) {
        return !message.response() && message.questions().stream().anyMatch(this::isAsked);
    }

    private boolean isAsked(Question question) {
        boolean type = question.type() == DnsMessage.ANY || question.type() == DnsMessage.PTR;
        boolean own = question.type() == DnsMessage.ANY
                || question.type() == DnsMessage.SRV
                || question.type() == DnsMessage.TXT;
        return type && DnsMessage.same(question.name(), service) || own && DnsMessage.same(question.name(), fullName());
    }

    /** Everything about us, with this text record. */
    DnsMessage answer(byte[] text) {
        return new DnsMessage(0, true, List.of(), records(text));
    }

    /** The same for somebody who asks from another port, with what was asked. */
    DnsMessage answer(DnsMessage asked, byte[] text) {
        return new DnsMessage(asked.id(), true, asked.questions(), records(text));
    }

    private List<Resource> records(byte[] text) {
        List<String> host = List.of(name, "local");
        byte[] target = DnsMessage.nameBytes(host);
        byte[] srv = ByteBuffer.allocate(6 + target.length)
                .putInt(0)
                .putShort((short) PORT)
                .put(target)
                .array();
        int type = address instanceof Inet4Address ? DnsMessage.A : DnsMessage.AAAA;
        return List.of(
                Resource.pointer(service, TTL_SECONDS, fullName()),
                Resource.of(fullName(), DnsMessage.SRV, TTL_SECONDS, srv),
                Resource.of(fullName(), DnsMessage.TXT, TTL_SECONDS, text),
                Resource.of(host, type, TTL_SECONDS, address.getAddress()));
    }

    /** We are gone. */
    DnsMessage goodbye() {
        return new DnsMessage(0, true, List.of(), List.of(Resource.pointer(service, 0, fullName())));
    }

    /** Passes on what a message tells of other instances. */
    void hear(DnsMessage message, Link.Heard heard) {
        if (!message.response()) {
            return;
        }
        for (Resource resource : message.records()) {
            List<String> full = resource.type() == DnsMessage.PTR ? resource.target() : resource.name();
            boolean other = full.size() == service.size() + 1
                    && DnsMessage.same(full.subList(1, full.size()), service)
                    && !full.get(0).equalsIgnoreCase(name);
            if (other && resource.type() == DnsMessage.PTR && resource.ttlSeconds() == 0) {
                heard.gone(full.get(0));
            } else if (other && resource.type() == DnsMessage.TXT && resource.ttlSeconds() > 0) {
                heard.there(full.get(0), resource.data());
            }
        }
    }
}
