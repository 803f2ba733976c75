import CMalloc

/// How the C library's heap behaves in a server that runs for months.
enum HeapPolicy {
    /// Blocks from here on are pages of their own, which go back when they are freed.
    private static let ownPagesFrom: Int32 = 4 << 20
    /// Free bytes at the end of the heap that are kept.
    private static let keptMax: Int32 = 64 << 20

    /// To be called before there are threads.
    ///
    /// By default glibc raises the first bound to 32 MiB by itself once such blocks are freed, and has up to eight heaps a processor: the columns
    /// of snapshots then leave holes between what lives long, and a server at its full rate held twice the memory after some minutes
    /// (`Benchmarks/README.md`). Other C libraries have nothing of the kind.
    static func apply(processors: Int) {
        #if canImport(Glibc)
        _ = mallopt(M_MMAP_THRESHOLD, ownPagesFrom)
        _ = mallopt(M_TRIM_THRESHOLD, keptMax)
        _ = mallopt(M_ARENA_MAX, Int32(clamping: 2 * max(2, processors)))
        #endif
    }
}
