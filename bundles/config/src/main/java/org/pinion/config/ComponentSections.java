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

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.pinion.config.Key.Applies;
import org.pinion.config.Key.BadText;

/** The sections of IPFS connectors, trackers, monitors, allocators, informers and observers. */
final class ComponentSections {
    private static final Pattern AUTHORIZATION =
            Pattern.compile("|basic:[^:\\p{Cntrl}]+:\\P{Cntrl}*|bearer:\\P{Cntrl}+");
    private static final Pattern BYTES = Pattern.compile("[0-9]{1,15}(\\.[0-9]{1,3})? ?([KMGTP]i?)?B?");
    /** Kinds of data that an asked-for limit names; Kubo's spelling. */
    private static final String BYTES_TEXT = "bytes like 10GB or 512MiB";

    static final Section IPFSHTTP = Section.of(
                    "ipfs_connector",
                    "ipfshttp",
                    address("node_multiaddress", "/ip4/127.0.0.1/tcp/5001")
                            .required()
                            .notEmpty(
                                    "error parsing ipfs_node_multiaddress: failed to parse multiaddr \"\": empty multiaddr"),
                    timeout("ipfshttp", "connect_swarms_delay", "30s"),
                    timeout("ipfshttp", "ipfs_request_timeout", "5m"),
                    timeout("ipfshttp", "pin_timeout", "2m"),
                    timeout("ipfshttp", "unpin_timeout", "3h"),
                    timeout("ipfshttp", "repogc_timeout", "24h"),
                    integer("informer_trigger_interval", 0).notNegative("ipfshttp.informer_trigger_interval"),
                    // ours; Kubo's own spelling in API.Authorizations
                    text("node_authorization", "")
                            .hidden()
                            .unlessDefault()
                            .must(
                                    value -> AUTHORIZATION
                                            .matcher((String) value)
                                            .matches(),
                                    "basic:<user>:<password> or bearer:<token>",
                                    "ipfshttp.node_authorization is invalid"),
                    bool("unpin_disable", false).unlessDefault())
            .applies(Applies.AGAIN, "node_multiaddress", "node_authorization");

    /** The IPFS node in the process; ours. */
    static final Section EMBEDDED = Section.of(
                    "ipfs_connector",
                    "embedded",
                    addresses("listen_multiaddresses", "/ip4/0.0.0.0/tcp/4001").zeroIsDefaultToo(),
                    addresses("announce_multiaddresses").unlessDefault(),
                    of("bootstrap", Kind.ADDRESS_LIST, List.of()),
                    of("peering", Kind.ADDRESS_LIST, List.of()),
                    text("storage_max", "10GB")
                            .zeroIsDefaultToo()
                            .must(value -> BYTES.matcher((String) value).matches(), BYTES_TEXT, "not a size"),
                    duration("connect_swarms_delay", "30s").notNegative("embedded.connect_swarms_delay is invalid"),
                    duration("pin_timeout", "2m").positive("embedded.pin_timeout is invalid"),
                    duration("unpin_timeout", "3h").positive("embedded.unpin_timeout is invalid"),
                    duration("repogc_timeout", "24h").positive("embedded.repogc_timeout is invalid"),
                    integer("informer_trigger_interval", 0)
                            .notNegative("embedded.informer_trigger_interval is invalid"),
                    bool("unpin_disable", false).unlessDefault())
            .onlyWhenPresent()
            .applies(Applies.AGAIN);

    static final Section STATELESS = Section.of(
            "pin_tracker",
            "stateless",
            integer("max_pin_queue_size", 1000000)
                    .zeroIsDefaultToo()
                    .unlessDefault()
                    .positive("statelesstracker.max_pin_queue_size too low"),
            integer("concurrent_pins", 10).zeroIsDefaultToo().positive("statelesstracker.concurrent_pins is too low"),
            duration("priority_pin_max_age", "24h").positive("statelesstracker.priority_pin_max_age is too low"),
            integer("priority_pin_max_retries", 5)
                    .zeroIsDefaultToo()
                    .positive("statelesstracker.priority_pin_max_retries is too low"));

    /** The tracker of earlier versions. */
    static final Section MAPTRACKER = Section.of(
                    "pin_tracker",
                    "maptracker",
                    integer("max_pin_queue_size", 1000000)
                            .zeroIsDefaultToo()
                            .positive("maptracker.max_pin_queue_size too low"),
                    integer("concurrent_pins", 10).zeroIsDefaultToo().positive("maptracker.concurrent_pins is too low"))
            .onlyWhenPresent();

    static final Section PUBSUBMON = Section.of(
            "monitor",
            "pubsubmon",
            duration("check_interval", "15s")
                    .required()
                    .ifBad(BadText.ZERO)
                    .positive("pubsubmon.check_interval too low"));

    static final Section BALANCED = Section.of(
            "allocator",
            "balanced",
            of("allocate_by", Kind.TEXT_LIST, List.of("tag:group", "freespace")).zeroIsDefaultToo());

    static final Section DISK = Section.of(
            "informer",
            "disk",
            duration("metric_ttl", "30s").required().ifBad(BadText.ZERO).positive("disk.metric_ttl is invalid"),
            text("metric_type", "freespace")
                    .required()
                    .must(
                            value -> Set.of("freespace", "reposize").contains((String) value),
                            "freespace or reposize",
                            "disk.metric_type is invalid"));

    static final Section NUMPIN = Section.of(
                    "informer", "numpin", duration("metric_ttl", "10s").positive("numpin.metric_ttl is invalid"))
            .onlyWhenPresent();

    static final Section PINQUEUE = Section.of(
            "informer",
            "pinqueue",
            duration("metric_ttl", "30s").required().ifBad(BadText.ZERO).positive("pinqueue.metric_ttl is invalid"),
            integer("weight_bucket_size", 100000).orZero().notNegative("pinqueue.WeightBucketSize is invalid"));

    static final Section TAGS = Section.of(
            "informer",
            "tags",
            duration("metric_ttl", "30s").positive("tags.metric_ttl is invalid"),
            of("tags", Kind.TEXT_MAP, Map.of("group", "default")).orZero());

    static final Section METRICS = Section.of(
                    "observations",
                    "metrics",
                    bool("enable_stats", false),
                    address("prometheus_endpoint", "/ip4/127.0.0.1/tcp/8888")
                            .required()
                            .notEmpty("loadMetricsOptions: PrometheusEndpoint multiaddr: empty multiaddr"),
                    duration("reporting_interval", "30s"))
            .with((values, given, folder, out) -> {
                if (values.bool("enable_stats")
                        && values.duration("reporting_interval").isNegative()) {
                    out.add("reporting_interval", "0s or more", "metrics.reporting_interval is invalid");
                }
            })
            .applies(Applies.AGAIN);

    static final Section TRACING = Section.of(
                    "observations",
                    "tracing",
                    bool("enable_tracing", false),
                    address("jaeger_agent_endpoint", "/ip4/0.0.0.0/udp/6831")
                            .required()
                            .notEmpty("loadTracingOptions: JaegerAgentEndpoint multiaddr: empty multiaddr"),
                    of("sampling_prob", Kind.FLOAT, new BigDecimal("0.3")).orZero(),
                    text("service_name", "cluster-daemon").orZero())
            .with((values, given, folder, out) -> {
                if (values.bool("enable_tracing")
                        && values.decimal("sampling_prob").signum() < 0) {
                    out.add("sampling_prob", "0 or more", "tracing.sampling_prob is invalid");
                }
            })
            .applies(Applies.AGAIN);

    static final List<Section> ALL = List.of(
            EMBEDDED,
            IPFSHTTP,
            MAPTRACKER,
            STATELESS,
            PUBSUBMON,
            BALANCED,
            DISK,
            NUMPIN,
            PINQUEUE,
            TAGS,
            METRICS,
            TRACING);

    private ComponentSections() {}

    private static Key timeout(String name, String path, String fallback) {
        return duration(path, fallback).notNegative(name + "." + path + " invalid");
    }
}
