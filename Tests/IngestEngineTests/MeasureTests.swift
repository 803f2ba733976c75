import FoundationEssentials
import IngestEngine
import Testing
import TraceModel
import TraceStore

/// Prints how fast the ingest path is; asserts nothing about time. Runs when `RACEWAY_MEASURE` is set:
/// `RACEWAY_MEASURE=1 swift test -c release --disable-xctest --filter MeasureTests`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["RACEWAY_MEASURE"] != nil))
struct MeasureTests {
    /// Events of the size that SDKs send: some 400 bytes of payload.
    private static func batch(trace: Int, events: Range<Int>) -> EventBatch {
        var batch = EventBatch()
        let filler = String(repeating: "x", count: 260)
        for number in events {
            var event = Event()
            event.id = EventID(high: UInt64(number) &* 0x9e37_79b9_7f4a_7c15, low: UInt64(trace) << 32 | UInt64(number))
            event.trace = TraceID(high: UInt64(trace) &* 0x9e37_79b9, low: UInt64(trace))
            event.timestamp = 1_700_000_000_000_000_000 + Int64(number) * 1_234
            event.process = batch.intern(
                ProcessKey(
                    service: batch.symbols.intern("payments"),
                    instance: batch.symbols.intern("i-1"),
                    processID: 1
                )
            )
            event.thread = batch.symbols.intern("worker-\(number % 8)")
            event.span = batch.symbols.intern("span-\(number % 16)")
            event.kind = .stateChange
            event.operation = .write
            event.object = batch.symbols.intern("balance-\(number % 32)")
            event.location = batch.symbols.intern("src/app.swift:\(number % 64)")
            event.kindPayload = batch.appendPayload("{\"StateChange\":{\"new_value\":\(number)}}".utf8)
            event.newValue = ByteRange(start: event.kindPayload.start + 28, length: event.kindPayload.length - 30)
            event.metadataPayload = batch.appendPayload("{\"tags\":\"\(filler)\",\"thread_id\":\"worker\"}".utf8)
            event.vector = batch.appendVector([VectorEntry(component: event.thread, value: UInt64(number))])
            batch.append(event)
        }
        return batch
    }

    private static func nanoseconds(_ body: () -> Void) -> Double {
        var best = Duration.seconds(1_000)
        for _ in 0..<7 { best = min(best, ContinuousClock().measure(body)) }
        return best / .nanoseconds(1)
    }

    @Test(arguments: [10, 100, 1_000]) func `encoding and decoding of log records`(events: Int) {
        let batch = Self.batch(trace: 1, events: 0..<events)
        let rounds = 200_000 / events
        let bytes = EncodedBatch(batch).bytes
        let encode = Self.nanoseconds { for _ in 0..<rounds { _ = EncodedBatch(batch) } }
        let decode = Self.nanoseconds {
            for _ in 0..<rounds { _ = bytes.withUnsafeBytes { EncodedBatch.decode($0) } }
        }
        let count = Double(rounds * events)
        print(
            "measured: \(events) events a batch: encode \(Int(encode / count)) ns/event,",
            "decode \(Int(decode / count)) ns/event, \(bytes.count / events) bytes/event,",
            "\(batch.payload.count / events) of them payload"
        )
    }

    @Test(arguments: [(1, 20), (16, 20), (64, 20), (256, 20), (64, 200)], ["log", "log and store"])
    func `acknowledged events a second`(load: (clients: Int, events: Int), layers: String) async throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let options = IngestOptions(
            admission: AdmissionLimits(eventsMax: 100_000, bytesMax: 256 << 20, timeout: .seconds(30)),
            batchSize: 2_000,
            log: LogOptions(bytesMax: 1 << 30)
        )
        let store = layers == "log" ? nil : FakeDurableStore()
        let engine = try await IngestEngine.open(
            logPath: path,
            durable: store,
            live: MemoryLimits(eventsMax: 400_000),
            options: options
        )
        let rounds = 200_000 / load.clients / load.events
        let clock = ContinuousClock()
        let began = clock.now
        var latencies = await withTaskGroup(of: [Duration].self) { group in
            for client in 0..<load.clients {
                group.addTask {
                    var latencies: [Duration] = []
                    for round in 0..<rounds {
                        let batch = Self.batch(trace: client * rounds + round, events: 0..<load.events)
                        let sent = clock.now
                        _ = try? await engine.ingest(batch)
                        latencies.append(clock.now - sent)
                    }
                    return latencies
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let elapsed = (clock.now - began) / .seconds(1)
        try await engine.flush()
        let stored = (clock.now - began) / .seconds(1)
        latencies.sort()
        let events = load.clients * rounds * load.events
        #expect(engine.totals.isBalanced)
        #expect(engine.totals.stored == events)
        print(
            "measured: \(layers), \(load.clients) clients x \(load.events) events:",
            "\(Int(Double(events) / elapsed)) events/s acknowledged, \(Int(Double(events) / stored)) stored,",
            "\(engine.gauges.logSyncs) syncs for \(latencies.count) requests,",
            "p50 \(latencies[latencies.count / 2]), p99 \(latencies[latencies.count * 99 / 100])"
        )
        _ = await engine.drain(within: .seconds(5))
    }
}
