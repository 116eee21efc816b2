package dev.ktstr.vm.kvm.machine;

/**
 * How fast each node with CPUs reaches each node's memory, for the HMAT. Rows are the nodes with CPUs, columns all nodes.
 *
 * @param readLatencyNs nanoseconds of a read
 * @param writeLatencyNs nanoseconds of a write
 * @param readBandwidthMbS MB/s of reads
 * @param writeBandwidthMbS MB/s of writes
 */
public record MemoryPerformance(
        NodeMatrix readLatencyNs,
        NodeMatrix writeLatencyNs,
        NodeMatrix readBandwidthMbS,
        NodeMatrix writeBandwidthMbS) {
    /** Makes one whose writes are as fast as its reads. */
    public MemoryPerformance(NodeMatrix latencyNs, NodeMatrix bandwidthMbS) {
        this(latencyNs, latencyNs, bandwidthMbS, bandwidthMbS);
    }
}
