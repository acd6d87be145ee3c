package org.example.rendezvous;

import java.util.Map;
import org.pinion.itests.testkit.contract.AllocatorContract;
import org.pinion.spi.allocator.Allocator;

class RendezvousAllocatorTest extends AllocatorContract {
    @Override
    protected Allocator started(Map<String, Object> section) {
        RendezvousAllocator allocator = new RendezvousAllocator();
        allocator.configured(section);
        return allocator;
    }
}
