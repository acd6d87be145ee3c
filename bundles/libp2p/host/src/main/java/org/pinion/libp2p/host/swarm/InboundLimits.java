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
package org.pinion.libp2p.host.swarm;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Bounds what one machine may do: open connections, and new ones per time. IPv6 addresses of one /64 count as one
 * machine, and this machine is free. Thread-safe.
 */
final class InboundLimits {
    private static final int MAX_OPEN = 8;
    private static final int BURST = 16;
    private static final double NANOS_PER_TOKEN = 5e9;
    private static final int MAX_MACHINES = 8192;

    private static final class Machine {
        private int open;
        private double tokens = BURST;
        private long countedNanos;
    }

    private final LongSupplier nanos;
    private final Map<String, Machine> machines = new LinkedHashMap<>();

    InboundLimits(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Counts a new connection; false if it has to be refused, then {@link #closed} must not be called for it. */
    synchronized boolean opened(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return true;
        }
        long now = nanos.getAsLong();
        String name = name(address);
        Machine machine = machines.get(name);
        if (machine == null) {
            if (machines.size() >= MAX_MACHINES && !makeRoom(now)) {
                return false;
            }
            machine = new Machine();
            machine.countedNanos = now;
            machines.put(name, machine);
        }
        refill(machine, now);
        if (machine.open >= MAX_OPEN || machine.tokens < 1) {
            return false;
        }
        machine.open++;
        machine.tokens--;
        return true;
    }

    synchronized void closed(InetAddress address) {
        Machine machine = machines.get(name(address));
        if (machine != null && machine.open > 0) {
            machine.open--;
        }
    }

    private static void refill(Machine machine, long now) {
        machine.tokens = Math.min(BURST, machine.tokens + (now - machine.countedNanos) / NANOS_PER_TOKEN);
        machine.countedNanos = now;
    }

    /** Forgets machines that have nothing open and may do everything again. */
    private boolean makeRoom(long now) {
        machines.values().removeIf(machine -> {
            refill(machine, now);
            return machine.open == 0 && machine.tokens >= BURST;
        });
        return machines.size() < MAX_MACHINES;
    }

    private static String name(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Arrays.toString(address instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
    }
}
