package org.example.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.itests.testkit.contract.InformerContract;
import org.pinion.spi.informer.Informer;

class LoadInformerTest extends InformerContract {
    @Override
    protected Informer started(Map<String, Object> section) {
        LoadInformer informer = new LoadInformer();
        informer.configured(section);
        return informer;
    }

    @Test
    void callsItsMetricAsTheSectionSays() throws Exception {
        Informer informer = started(Map.of("metric.name", "busy"));

        assertThat(measured(informer)).singleElement().satisfies(reading -> assertThat(reading.name()).isEqualTo("busy"));
    }
}
