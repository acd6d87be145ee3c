package org.example.rendezvous;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.allocator.AllocationRequest;
import org.pinion.spi.allocator.Allocator;

/** The same peers for the same content, whoever is asked: the order comes from the CID and the peers' ids alone. */
@Component(
        name = "org.pinion.allocator.rendezvous",
        service = Allocator.class,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class RendezvousAllocator implements Allocator {
    private volatile List<String> metrics = List.of("freespace");

    /** Takes the section: peers without one of these metrics get nothing. */
    @Activate
    @Modified
    public void configured(Map<String, Object> section) {
        metrics = section.get("metrics") instanceof String[] names ? List.of(names) : List.of("freespace");
    }

    @Override
    public List<String> metrics() {
        return metrics;
    }

    @Override
    public List<PeerId> allocate(AllocationRequest request) {
        List<PeerId> order = new ArrayList<>(sorted(request.cid(), request.preferred().keySet()));
        order.addAll(sorted(request.cid(), request.candidates().keySet()));
        return order;
    }

    private static List<PeerId> sorted(Cid cid, Collection<PeerId> peers) {
        Comparator<PeerId> byHash = Comparator.comparingInt(peer -> mix(cid.hashCode() ^ Arrays.hashCode(peer.bytes())));
        return peers.stream().sorted(byHash.thenComparing(Comparator.naturalOrder())).toList();
    }

    private static int mix(int hash) {
        int mixed = (hash ^ (hash >>> 16)) * 0x7feb352d;
        return mixed ^ (mixed >>> 15);
    }
}
