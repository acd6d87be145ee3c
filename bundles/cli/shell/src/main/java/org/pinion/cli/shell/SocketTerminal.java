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
package org.pinion.cli.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.karaf.shell.api.console.SignalListener;
import org.apache.karaf.shell.api.console.Terminal;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.impl.ExternalTerminal;

/** The terminal at the other end of a connection, as the line editor and the shell want it. */
final class SocketTerminal extends ExternalTerminal implements Terminal, Screen.Terminal {
    private static final int CTRL_C = 3;

    private final InputQueue typed;
    private final Runnable interrupts;
    private final Map<SignalListener, EnumSet<org.apache.karaf.shell.api.console.Signal>> listeners =
            new ConcurrentHashMap<>();

    /** A terminal of that type that tells {@code interrupts} of each interrupt before anybody else. */
    SocketTerminal(String type, InputQueue typed, OutputStream out, Runnable interrupts) throws IOException {
        super("pinion-shell", type, typed, out, StandardCharsets.UTF_8);
        this.typed = typed;
        this.interrupts = interrupts;
    }

    /** Takes what was typed. What finds no room is lost, as with any terminal, but an interrupt is not. */
    void type(byte[] bytes) {
        if (!typed.offer(bytes)) {
            for (byte one : bytes) {
                if (one == CTRL_C) {
                    raise(Signal.INT);
                    return;
                }
            }
        }
    }

    void resize(Size size) {
        setSize(size);
        raise(Signal.WINCH);
    }

    @Override
    public int getWidth() {
        return getSize().getColumns();
    }

    @Override
    public int getHeight() {
        return getSize().getRows();
    }

    @Override
    public int columns() {
        return getWidth();
    }

    @Override
    public int lines() {
        return getHeight();
    }

    @Override
    public boolean colours() {
        return isAnsiSupported();
    }

    @Override
    public int key() throws IOException {
        Attributes before = enterRawMode();
        try {
            return reader().read();
        } finally {
            setAttributes(before);
        }
    }

    @Override
    public boolean isAnsiSupported() {
        return !getType().startsWith("dumb");
    }

    @Override
    public boolean isEchoEnabled() {
        return echo();
    }

    @Override
    public void setEchoEnabled(boolean enabled) {
        echo(enabled);
    }

    @Override
    public void raise(Signal signal) {
        if (signal == Signal.INT) {
            interrupts.run();
        }
        super.raise(signal);
        for (org.apache.karaf.shell.api.console.Signal one : org.apache.karaf.shell.api.console.Signal.values()) {
            if (one.name().equals(signal.name())) {
                List<SignalListener> told = new ArrayList<>();
                listeners.forEach((listener, wanted) -> {
                    if (wanted.contains(one)) {
                        told.add(listener);
                    }
                });
                told.forEach(listener -> listener.signal(one));
            }
        }
    }

    @Override
    public void addSignalListener(SignalListener listener, org.apache.karaf.shell.api.console.Signal... signals) {
        EnumSet<org.apache.karaf.shell.api.console.Signal> wanted =
                EnumSet.noneOf(org.apache.karaf.shell.api.console.Signal.class);
        wanted.addAll(List.of(signals));
        addSignalListener(listener, wanted);
    }

    @Override
    public void addSignalListener(SignalListener listener, EnumSet<org.apache.karaf.shell.api.console.Signal> signals) {
        listeners.put(listener, EnumSet.copyOf(signals));
    }

    @Override
    public void addSignalListener(SignalListener listener) {
        listeners.put(listener, EnumSet.allOf(org.apache.karaf.shell.api.console.Signal.class));
    }

    @Override
    public void removeSignalListener(SignalListener listener) {
        listeners.remove(listener);
    }
}
