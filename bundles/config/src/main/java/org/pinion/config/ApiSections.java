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
package org.pinion.config;

import static org.pinion.config.Key.address;
import static org.pinion.config.Key.addresses;
import static org.pinion.config.Key.bool;
import static org.pinion.config.Key.duration;
import static org.pinion.config.Key.integer;
import static org.pinion.config.Key.of;
import static org.pinion.config.Key.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pinion.config.Key.Applies;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;

/** The {@code api} sections. */
final class ApiSections {
    static final Section RESTAPI = http(
            "restapi",
            "/ip4/127.0.0.1/tcp/9094",
            // ours: listeners for clients of the 0.11 era
            addresses("legacy_http_listen_multiaddress").unlessDefault());
    static final Section PINSVCAPI = http("pinsvcapi", "/ip4/127.0.0.1/tcp/9097");

    static final Section IPFSPROXY = Section.of(
                    "api",
                    "ipfsproxy",
                    addresses("listen_multiaddress", "/ip4/127.0.0.1/tcp/9095").zeroIsDefaultToo(),
                    address("node_multiaddress", "/ip4/127.0.0.1/tcp/5001"),
                    bool("node_https", false).unlessDefault(),
                    text("log_file", ""),
                    timeout("ipfsproxy", "read_timeout", "0s"),
                    timeout("ipfsproxy", "read_header_timeout", "5s"),
                    timeout("ipfsproxy", "write_timeout", "0s"),
                    timeout("ipfsproxy", "idle_timeout", "1m"),
                    integer("max_header_bytes", 4096)
                            .zeroIsDefaultToo()
                            .must(
                                    value -> (Long) value >= 4096,
                                    "4096 or more",
                                    "ipfsproxy.max_header_size must be greater or equal to 4096"),
                    of("extract_headers_extra", Kind.TEXT_LIST, List.of()).unlessDefault(),
                    text("extract_headers_path", "/api/v0/version")
                            .zeroIsDefaultToo()
                            .unlessDefault(),
                    duration("extract_headers_ttl", "5m")
                            .unlessDefault()
                            .notNegative("ipfsproxy.extract_headers_ttl is invalid"))
            .applies(Applies.AGAIN);

    /** The Kubo-compatible API of the embedded node; ours. */
    static final Section KUBORPC = Section.of(
                    "api",
                    "kuborpc",
                    addresses("listen_multiaddress", "/ip4/127.0.0.1/tcp/5001").zeroIsDefaultToo(),
                    timeout("kuborpc", "read_header_timeout", "5s"),
                    timeout("kuborpc", "idle_timeout", "2m"),
                    integer("max_header_bytes", 4096)
                            .zeroIsDefaultToo()
                            .must(value -> (Long) value >= 4096, "4096 or more", "kuborpc.max_header_bytes is invalid"),
                    // whose pages may send commands; nobody's by default
                    of("cors_allowed_origins", Kind.TEXT_LIST, List.of()).unlessDefault(),
                    bool("cors_allow_credentials", false).unlessDefault(),
                    timeout("kuborpc", "cors_max_age", "0s").unlessDefault())
            .onlyWhenPresent()
            .applies(Applies.AGAIN);

    /** The read-only gateway to the embedded node's content; ours. */
    static final Section GATEWAY = http("gateway", "/ip4/127.0.0.1/tcp/8080").onlyWhenPresent();

    static final List<Section> ALL = List.of(GATEWAY, IPFSPROXY, KUBORPC, PINSVCAPI, RESTAPI);

    private ApiSections() {}

    private static Key timeout(String name, String path, String fallback) {
        return duration(path, fallback).notNegative(name + "." + path + " is invalid");
    }

    private static Section http(String name, String listen, Key... more) {
        Key[] keys =
                Stream.concat(Stream.of(keys(name, listen)), Stream.of(more)).toArray(Key[]::new);
        return Section.of("api", name, keys)
                .with((values, given, folder, out) -> check(name, values, folder, out))
                .applies(
                        Applies.AGAIN,
                        "http_listen_multiaddress",
                        "legacy_http_listen_multiaddress",
                        "ssl_cert_file",
                        "ssl_key_file",
                        "read_header_timeout",
                        "idle_timeout",
                        "max_header_bytes",
                        "libp2p_listen_multiaddress",
                        "id",
                        "private_key",
                        "http_log_file");
    }

    private static Key[] keys(String name, String listen) {
        return new Key[] {
            addresses("http_listen_multiaddress", listen).zeroIsDefaultToo(),
            text("ssl_cert_file", "").unlessDefault(),
            text("ssl_key_file", "").unlessDefault(),
            timeout(name, "read_timeout", "0s"),
            timeout(name, "read_header_timeout", "5s"),
            timeout(name, "write_timeout", "0s"),
            timeout(name, "idle_timeout", "2m"),
            integer("max_header_bytes", 4096)
                    .zeroIsDefaultToo()
                    .must(
                            value -> (Long) value >= 4096,
                            "4096 or more",
                            name + ".max_header_bytes must be not less then 4096"),
            addresses("libp2p_listen_multiaddress").unlessDefault(),
            text("id", "").unlessDefault(),
            text("private_key", "").hidden().unlessDefault(),
            of("basic_auth_credentials", Kind.TEXT_MAP, null)
                    .hidden()
                    .must(
                            value -> !((Map<?, ?>) value).isEmpty(),
                            "null, or an object with at least one user",
                            name + ".basic_auth_creds should be null or have at least one entry"),
            text("http_log_file", ""),
            of("headers", Kind.LIST_MAP, Map.of()).orZero(),
            of("cors_allowed_origins", Kind.TEXT_LIST, List.of("*")).orZero(),
            of("cors_allowed_methods", Kind.TEXT_LIST, List.of("GET")).orZero(),
            of("cors_allowed_headers", Kind.TEXT_LIST, List.of()),
            of(
                            "cors_exposed_headers",
                            Kind.TEXT_LIST,
                            List.of("Content-Type", "X-Stream-Output", "X-Chunked-Output", "X-Content-Length"))
                    .orZero(),
            bool("cors_allow_credentials", true).orZero(),
            timeout(name, "cors_max_age", "0s")
        };
    }

    private static void check(String name, Values values, Path folder, Section.Complaints out) {
        boolean libp2p = !values.texts("libp2p_listen_multiaddress").isEmpty();
        boolean id = !values.text("id").isEmpty();
        boolean key = !values.text("private_key").isEmpty();
        if (libp2p || id || key) {
            if (!libp2p || !id || !key) {
                out.add(
                        "libp2p_listen_multiaddress",
                        "given together with id and private_key, or none of them",
                        "all ID, private_key and libp2p_listen_multiaddress should be set");
            } else {
                checkIdentity(name, values, out);
            }
        }
        for (String address : values.texts("http_listen_multiaddress")) {
            if (!address.startsWith("/unix/") && !address.contains("/tcp/")) {
                out.add(
                        "http_listen_multiaddress",
                        "an address with a TCP port, like /ip4/127.0.0.1/tcp/9094, or a unix path",
                        "error parsing " + name + ".http_listen_multiaddress: " + address + " cannot be listened on");
            }
        }
        checkTls(values, folder, out);
    }

    private static void checkIdentity(String name, Values values, Section.Complaints out) {
        try {
            PeerId own = PeerId.of(PrivateKey.unmarshal(Base64.getDecoder().decode(values.text("private_key"))));
            if (!own.equals(PeerId.parse(values.text("id")))) {
                out.add("id", "the id of private_key, " + own, name + ".ID does not match private_key");
            }
        } catch (IllegalArgumentException e) {
            out.add("private_key", "base64 of a libp2p private key", "error parsing " + name + ".private_key");
        }
    }

    private static void checkTls(Values values, Path folder, Section.Complaints out) {
        if (values.text("ssl_cert_file").isEmpty()
                && values.text("ssl_key_file").isEmpty()) {
            return;
        }
        for (String path : List.of("ssl_cert_file", "ssl_key_file")) {
            Path file = folder.resolve(values.text(path));
            if (values.text(path).isEmpty()) {
                out.add(path, "given together with the other one", "error loading TLS certificate/key: no " + path);
            } else if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                out.add(
                        path,
                        "a readable PEM file",
                        "error loading TLS certificate/key: open " + file + ": no such file or directory");
            }
        }
    }
}
