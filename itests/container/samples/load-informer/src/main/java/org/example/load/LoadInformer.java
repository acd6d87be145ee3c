package org.example.load;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.pinion.spi.config.GoDuration;
import org.pinion.spi.informer.Informer;

/** Tells how busy this peer's machine is: the less, the better for new pins. Runs while there is a section informer.load. */
@Component(
        name = "org.pinion.informer.load",
        service = Informer.class,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class LoadInformer implements Informer {
    private volatile Duration ttl = Duration.ofSeconds(30);
    private volatile String metric = "load";

    /** Takes the section, also when it changes while the informer runs. */
    @Activate
    @Modified
    public void configured(Map<String, Object> section) {
        ttl = GoDuration.parse(section.getOrDefault("metric.ttl", "30s").toString());
        metric = section.getOrDefault("metric.name", "load").toString();
    }

    @Override
    public String name() {
        return "load";
    }

    @Override
    public Duration ttl() {
        return ttl;
    }

    @Override
    public CompletionStage<List<Reading>> measure() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        String value = String.format(Locale.ROOT, "%.2f", load);
        Reading reading = new Reading(metric, value, Math.round(-1000 * load), false, load >= 0);
        return CompletableFuture.completedFuture(List.of(reading));
    }
}
