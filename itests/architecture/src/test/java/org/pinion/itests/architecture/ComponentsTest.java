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
package org.pinion.itests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinion.itests.architecture.Bundles.Row;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What the generated component descriptions say: components come and go without taking others with them. */
class ComponentsTest {
    /** Contracts whose implementation may be swapped while the peer runs. */
    private static final Set<String> SWAPPABLE = Set.of(
            "org.pinion.spi.consensus.Consensus",
            "org.pinion.spi.pintracker.PinTracker",
            "org.pinion.spi.monitor.PeerMonitor",
            "org.pinion.spi.monitor.Monitor",
            "org.pinion.spi.informer.Informer",
            "org.pinion.spi.allocator.Allocator",
            "org.pinion.spi.ipfsconnector.IpfsConnector",
            "org.pinion.spi.adder.Adder");

    record Component(Row row, String file, Element xml) {
        List<Element> references() {
            List<Element> list = new ArrayList<>();
            var nodes = xml.getElementsByTagName("reference");
            for (int i = 0; i < nodes.getLength(); i++) {
                list.add((Element) nodes.item(i));
            }
            return list;
        }

        @Override
        public String toString() {
            return row + " " + file;
        }
    }

    static Stream<Component> components() {
        return Bundles.rows().stream().flatMap(row -> read(row).stream());
    }

    @ParameterizedTest
    @MethodSource("components")
    void referencesToSwappableTypesAreDynamicAndOptional(Component component) {
        assertThat(component.references())
                .filteredOn(reference -> SWAPPABLE.contains(reference.getAttribute("interface")))
                .allSatisfy(reference -> {
                    assertThat(reference.getAttribute("policy")).isEqualTo("dynamic");
                    assertThat(reference.getAttribute("cardinality")).startsWith("0..");
                });
    }

    @ParameterizedTest
    @MethodSource("components")
    void publishedServicesAreContracts(Component component) {
        var provided = component.xml().getElementsByTagName("provide");
        for (int i = 0; i < provided.getLength(); i++) {
            assertThat(((Element) provided.item(i)).getAttribute("interface")).isNotEqualTo("java.lang.AutoCloseable");
        }
    }

    @ParameterizedTest
    @MethodSource("components")
    void aConfiguredComponentIsNamedByItsBundle(Component component) {
        String pid = component.xml().getAttribute("configuration-pid");
        if ("require".equals(component.xml().getAttribute("configuration-policy"))) {
            assertThat(pid).startsWith("org.pinion.");
        }
    }

    private static List<Component> read(Row row) {
        List<Component> components = new ArrayList<>();
        try (JarFile jar = row.jar()) {
            for (var entry : jar.stream()
                    .filter(e ->
                            e.getName().startsWith("OSGI-INF/") && e.getName().endsWith(".xml"))
                    .toList()) {
                try (InputStream in = jar.getInputStream(entry)) {
                    Document document = DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(in);
                    components.add(new Component(row, entry.getName(), document.getDocumentElement()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("component description of " + row, e);
        }
        return components;
    }
}
