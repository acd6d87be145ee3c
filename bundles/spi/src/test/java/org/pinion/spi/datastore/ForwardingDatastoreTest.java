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
package org.pinion.spi.datastore;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.flow.Cursor;

class ForwardingDatastoreTest {
    private static final Map<Class<?>, Object> VALUES = Map.of(
            Space.class,
            Space.INDEX,
            byte[].class,
            new byte[] {7},
            WriteBatch.class,
            new WriteBatch(),
            Durability.class,
            Durability.LATER,
            boolean.class,
            true,
            long.class,
            7L,
            Cursor.class,
            Cursor.of(List.of()));

    @Test
    void everyCallIsPassedOnWithItsArgumentsAndResult() throws Exception {
        List<Object> calls = new ArrayList<>();
        Datastore store = (Datastore) Proxy.newProxyInstance(
                Datastore.class.getClassLoader(), new Class<?>[] {Datastore.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    calls.addAll(arguments == null ? List.of() : Arrays.asList(arguments));
                    return VALUES.get(method.getReturnType());
                });
        Datastore forwarding = new ForwardingDatastore(store) {};

        for (Method method : Datastore.class.getMethods()) {
            Object[] arguments =
                    Arrays.stream(method.getParameterTypes()).map(VALUES::get).toArray();
            calls.clear();
            assertThat(method.invoke(forwarding, arguments)).isEqualTo(VALUES.get(method.getReturnType()));
            List<Object> expected = new ArrayList<>(List.of(method.getName()));
            expected.addAll(Arrays.asList(arguments));
            assertThat(calls).isEqualTo(expected);
        }
    }
}
