import Testing
import TraceModel
import TraceStore

/// Pages of the traces of one service: whether they are walked to or sorted, they are the memory store's.
@Suite struct `Pages of one service` {
    @Test(arguments: StoreKind.all) func `are the same in every store, of many traces and of few`(
        kind: StoreKind
    ) async throws {
        let reference = MemoryStore()
        try await kind.withStore { (store: any TraceStore) async throws in
            for trace in 1...12 {
                for service in trace % 6 == 0 ? ["rare"] : ["web", "shop"] {
                    let first = service == "shop" ? 100 : 1
                    let batch = Sample.batch(trace: trace, events: first...(first + trace), service: service)
                    try await store.append(batch)
                    try await reference.append(batch)
                }
            }
            for service in ["web", "rare", "shop", "nobody"] {
                for (offset, limit, most) in [
                    (0, 2, 0), (3, 4, 0), (8, 2, 0), (0, .max, 0), (1, 3, 7), (0, 0, 0), (99, 1, 0),
                ] {
                    let query = TraceQuery(offset: offset, limit: limit, eventsMin: most, service: service)
                    let page = try await store.summaries(query)
                    let expected = try await reference.summaries(query)
                    #expect(page.total == expected.total, "\(query)")
                    #expect(page.traces.map(\.id) == expected.traces.map(\.id), "\(query)")
                }
            }
        }
    }

    @Test(arguments: StoreKind.all)
    func `are the same in whatever order pages are turned, also when traces come in between`(
        kind: StoreKind
    ) async throws {
        let reference = MemoryStore()
        let lists: [(String?, Int)] = [("web", 0), ("shop", 0), (nil, 0), (nil, 5), ("web", 5)]
        try await kind.withStore { (store: any TraceStore) async throws in
            for round in 0..<3 {
                for trace in (round * 20 + 1)...(round * 20 + 20) {
                    for service in trace % 3 == 0 ? ["web", "shop"] : ["web"] {
                        // Ten traces end at one moment: their ids decide.
                        let first = service == "shop" ? 100 : 1
                        let batch = Sample.batch(trace: trace, events: first...(first + trace % 10), service: service)
                        try await store.append(batch)
                        try await reference.append(batch)
                    }
                }
                for (service, most) in lists {
                    let pages = Array(stride(from: 0, to: 70, by: 7))
                    for offset in pages + pages.reversed() + [3, 50, 11, 49, 50] {
                        let query = TraceQuery(offset: offset, limit: 7, eventsMin: most, service: service)
                        let page = try await store.summaries(query)
                        let expected = try await reference.summaries(query)
                        #expect(page.total == expected.total, "\(query)")
                        #expect(page.traces.map(\.id) == expected.traces.map(\.id), "\(query)")
                    }
                }
            }
        }
    }
}
