package ${package};

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.pinion.spi.config.GoDuration;
import org.pinion.spi.informer.Informer;

/** Runs while service.json has a section informer.${name}; its keys are the properties. */
@Component(
        name = "org.pinion.informer.${name}",
        service = Informer.class,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class MyInformer implements Informer {
    private volatile Duration ttl = Duration.ofSeconds(30);

    /** Takes the section. */
    @Activate
    @Modified
    public void configured(Map<String, Object> section) {
        ttl = GoDuration.parse(section.getOrDefault("metric.ttl", "30s").toString());
    }

    @Override
    public String name() {
        return "${name}";
    }

    @Override
    public Duration ttl() {
        return ttl;
    }

    @Override
    public CompletionStage<List<Reading>> measure() {
        int processors = Runtime.getRuntime().availableProcessors();
        String value = Integer.toString(processors);
        return CompletableFuture.completedFuture(List.of(new Reading("${name}", value, processors, false, true)));
    }
}
