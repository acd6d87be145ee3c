package ${package};

import java.util.Map;
import org.pinion.itests.testkit.contract.InformerContract;
import org.pinion.spi.informer.Informer;

class MyInformerTest extends InformerContract {
    @Override
    protected Informer started(Map<String, Object> section) {
        MyInformer informer = new MyInformer();
        informer.configured(section);
        return informer;
    }
}
