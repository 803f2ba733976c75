import Dispatch
import Glibc
import TraceModel
import TraceStore

/// The durable stores, by the wall clock: the other side of the socket counts too.
enum StoreBenchmarks {
    private static let flush = 5_000

    static func run(_ harness: inout Harness) throws {
        if harness.wants("segment/") { try segments(&harness) }
        let (sqlite, postgres) = (harness.wants("store/sqlite"), harness.wants("store/postgres"))
        if sqlite || postgres {
            let done = DispatchSemaphore(value: 0)
            Task.detached {
                do { try await stores(sqlite: sqlite, postgres: postgres) } catch { print("store/ failed: \(error)") }
                done.signal()
            }
            done.wait()
        }
    }

    private static func segments(_ harness: inout Harness) throws {
        let batches = StoreInputs.batches(events: 50_000, size: flush)
        let groups = batches.map { batch in Dictionary(grouping: batch.ids.indices) { batch.traces[$0] } }
        let encoder = SegmentEncoder()
        var encoded: [(TraceID, [UInt8])] = []
        for (batch, group) in zip(batches, groups) {
            for (trace, rows) in group {
                encoded.append((trace, encoder.encode(batch, rows: rows[...], trace: trace) { Array($0) }))
            }
        }
        let bytes = encoded.reduce(0) { $0 + $1.1.count }
        harness.measure("segment/encode", count: 50_000) {
            var sum = 0
            for (batch, group) in zip(batches, groups) {
                for (trace, rows) in group { sum += encoder.encode(batch, rows: rows[...], trace: trace) { $0.count } }
            }
            return sum
        }
        let decoder = SegmentDecoder()
        try harness.measure("segment/decode", count: 50_000) {
            var events = 0
            for (trace, bytes) in encoded {
                var batch = EventBatch()
                try bytes.withUnsafeBytes { try decoder.decode($0, of: trace, into: &batch) }
                events += batch.count
            }
            return events
        }
        print("segment/ \(encoded.count) segments, \(fixed(Double(bytes) / 50_000)) bytes an event")
    }

    // MARK: Stores

    private static func stores(sqlite: Bool, postgres: Bool) async throws {
        if sqlite { try await sqliteStores() }
        guard postgres else { return }
        guard let url = getenv("RACEWAY_BENCH_URL").map({ String(cString: $0) }) else {
            return print("store/postgres is skipped: run under Benchmarks/with-postgres")
        }
        for round in 1...3 { try await postgresStores(url, round) }
    }

    private static func sqliteStores() async throws {
        let path = "bench-\(getpid()).db"
        defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
        for mode in SQLiteOptions.Synchronous.allCases {
            for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
            let store = try await SQLiteStore(SQLiteOptions(path: path, synchronous: mode))
            let batches = StoreInputs.batches(events: 200_000, size: flush)
            let rate = try await measure(200_000) { for batch in batches { try await store.append(batch) } }
            let bytes = try await store.counts().bytes
            let read = try await readTrace(store)
            await store.close()
            row(
                "store/sqlite \(mode.rawValue)",
                rate,
                "\(bytes / 200_000) B/event in segments, \(fileSize(path) / 200_000) B/event of file, \(read)"
            )
        }
    }

    /// One round: everything that is compared, one after the other on one server.
    private static func postgresStores(_ url: String, _ round: Int) async throws {
        let server = try ReferenceServer(url)
        let reference = try server.referenceRows(StoreInputs.batches(events: 10_000, size: 1_000))
        row("store/postgres rows \(round)", reference.rate, "\(reference.bytes) B/event on disk")
        let copy = try server.copySegments(StoreInputs.batches(events: 400_000, size: flush))
        row("store/postgres raw COPY \(round)", copy, "prepared buffers, one connection, no bookkeeping")
        // On two connections, as a server has; and on one, as the C writer of the first measurements had.
        let halves = (0..<2).map { StoreInputs.batches(events: 200_000, size: flush, half: $0) }
        for shares in [halves, [halves[0] + halves[1]]] {
            let plain = try await plainSegments(url, server, shares)
            let name = shares.count == 1 ? "on one connection \(round)" : "\(round)"
            row("store/postgres plain segments \(name)", plain, "encoded on the way, accesses and summaries")
            let (rate, disk, read) = try await segments(url, server, shares)
            row(
                "store/postgres segments \(name)",
                rate,
                "\(disk) B/event on disk, \(read); \(fixed(rate / reference.rate)) times rows, "
                    + "\(fixed(100 * rate / plain)) % of plain segments, \(fixed(100 * rate / copy)) % of raw COPY, "
                    + "\(fixed(100 * Double(disk) / Double(reference.bytes))) % of the disk"
            )
        }
    }

    private static func plainSegments(
        _ url: String,
        _ server: ReferenceServer,
        _ shares: [[EventBatch]]
    ) async throws -> Double {
        try PlainSegmentWriter.prepare(server)
        return try await atOnce(shares) { _, batches in
            let writer = try PlainSegmentWriter(url)
            for batch in batches { try writer.write(batch) }
        }
    }

    private static func segments(
        _ url: String,
        _ server: ReferenceServer,
        _ shares: [[EventBatch]]
    ) async throws -> (rate: Double, disk: Int, read: String) {
        try server.run("DROP SCHEMA IF EXISTS bench CASCADE")
        let store = try await PostgresStore(PostgresOptions(url: url, schema: "bench"))
        let rate = try await atOnce(shares) { partition, batches in
            var kept: LogPosition?
            for (index, batch) in batches.enumerated() {
                let next = LogPosition(
                    source: "bench",
                    partition: UInt32(partition),
                    epoch: 1,
                    sequence: UInt64(index + 1)
                )
                try await store.append(batch, from: kept, through: next)
                kept = next
            }
        }
        let disk = try server.size("bench") / 400_000
        let read = try await readTrace(store)
        await store.close()
        return (rate, disk, read)
    }

    /// All shares at once, each with a connection of its own.
    private static func atOnce(
        _ shares: [[EventBatch]],
        _ body: @escaping @Sendable (Int, [EventBatch]) async throws -> Void
    ) async throws -> Double {
        try await measure(shares.joined().reduce(0) { $0 + $1.count }) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (partition, batches) in shares.enumerated() {
                    group.addTask { try await body(partition, batches) }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Median milliseconds to read a trace of 1,000 events that came in thirteen parts.
    private static func readTrace(_ store: any DurableTraceStore) async throws -> String {
        let id = TraceID(high: 8, low: 1)
        for var batch in StoreInputs.batches(events: 64_000, size: flush) {
            batch = only(batch, 5, as: id)
            try await store.append(batch)
        }
        var times: [Int64] = []
        var count = 0
        for _ in 0..<31 {
            let start = nanoseconds()
            count = try await store.trace(id)?.batch.count ?? 0
            times.append(nanoseconds() - start)
        }
        return "a trace of \(count) events in \(thousandths(times.sorted()[15])) ms"
    }

    private static func only(_ batch: EventBatch, _ number: UInt64, as id: TraceID) -> EventBatch {
        var kept = EventBatch()
        kept.append(batch, rows: batch.ids.indices.filter { batch.traces[$0].low == number })
        var moved = EventBatch()
        moved.symbols = kept.symbols
        for process in kept.processes { _ = moved.intern(process) }
        _ = moved.appendPayload(kept.payload)
        for row in kept.ids.indices {
            var event = kept[row]
            event.trace = id
            moved.append(event)
        }
        return moved
    }

    private static func measure(_ events: Int, _ body: () async throws -> Void) async throws -> Double {
        let (start, cpu) = (nanoseconds(), clock())
        try await body()
        // A neighbour on the machine costs wall time; this does not change with him.
        print(
            "  \(fixed(Double(clock() - cpu) * 1e6 / Double(CLOCKS_PER_SEC) / Double(events))) us of this process's CPU an event"
        )
        return Double(events) * 1e9 / Double(nanoseconds() - start)
    }

    private static func row(_ name: String, _ rate: Double, _ text: String) {
        print("\(name): \(Int(rate)) events a second; \(text)")
    }

    private static func thousandths(_ nanoseconds: Int64) -> String {
        let text = String(1_000 + nanoseconds / 1_000 % 1_000).dropFirst()
        return "\(nanoseconds / 1_000_000).\(text)"
    }

    private static func fileSize(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    static func nanoseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
