package org.example.count;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.HttpSettingsReader;
import org.pinion.spi.http.Route;

/** {@code GET /count} answers how many pins the cluster has. Listens while there is a section api.count. */
@Component(name = CountApi.PID, service = HttpApi.class, configurationPolicy = ConfigurationPolicy.REQUIRE)
public record CountApi(HttpSettings settings, Pinset pinset) implements HttpApi {
    static final String PID = "org.pinion.api.count";

    /** Takes listeners, TLS, passwords and the rest from the section, as every API of the peer does. */
    @Activate
    public CountApi(Map<String, Object> section, @Reference HttpSettingsReader reader, @Reference Pinset pinset) {
        this(reader.read(PID, section, Multiaddr.parse("/ip4/127.0.0.1/tcp/9199")), pinset);
    }

    @Override
    public String name() {
        return "count";
    }

    @Override
    public List<Route> routes() {
        return List.of(new Route("Count", "GET", "/count", this::count));
    }

    private CompletionStage<Void> count(Exchange exchange) {
        long count = 0;
        try (Cursor<?> all = pinset.list(null)) {
            while (all.next() != null) {
                count++;
            }
        }
        return exchange.write(ByteBuffer.wrap((count + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void fail(Exchange exchange, int status, String message) {
        exchange.status(status).write(ByteBuffer.wrap((message + "\n").getBytes(StandardCharsets.UTF_8)));
    }
}
