import Detectors
import Testing
import TraceModel

@Suite struct LatencyBaselineTests {
    /// A trace of one call that took some milliseconds.
    private func add(_ milliseconds: Double, trace: Int, to batch: inout EventBatch, service: String = "api") {
        var event = Event()
        event.id = EventID(high: 0, low: UInt64(batch.count + 1))
        event.trace = TraceID(high: 0, low: UInt64(trace))
        event.process = batch.intern(
            ProcessKey(service: batch.symbols.intern(service), instance: .empty, processID: 1)
        )
        event.kind = .httpResponse
        event.number = 200
        event.duration = Int64(milliseconds * 1_000_000)
        batch.append(event)
    }

    private func anomalies(of last: Double, after durations: [Double], service: String = "api") -> [LatencyAnomaly] {
        var all = EventBatch()
        for (trace, duration) in durations.enumerated() { add(duration, trace: trace, to: &all) }
        add(last, trace: 1_000, to: &all, service: service)
        var trace = EventBatch()
        trace.append(all, rows: [all.count - 1])
        return LatencyBaselines(all).anomalies(in: trace, included: true)
    }

    private let usual = [10.0, 11, 9, 10, 10, 12, 8, 10]

    @Test func `a usual duration is none`() { #expect(anomalies(of: 11, after: usual).isEmpty) }

    @Test func `shorter than usual is none`() { #expect(anomalies(of: 0.1, after: usual).isEmpty) }

    @Test func `a much longer one is found and judged without itself`() throws {
        let found = try #require(anomalies(of: 100, after: usual).first)
        #expect(found.level == .critical)
        #expect(found.expected == 10_000_000)
        #expect(found.actual == 100_000_000)
        #expect(found.deviations > 50)
    }

    @Test func `the levels begin at two, three and five deviations`() {
        // Mean 100, deviation 10.
        let samples = [90.0, 110, 90, 110, 90, 110, 90, 110, 90, 110, 100]
        #expect(anomalies(of: 119, after: samples).isEmpty)
        #expect(anomalies(of: 125, after: samples).map(\.level) == [.minor])
        #expect(anomalies(of: 140, after: samples).map(\.level) == [.warning])
        #expect(anomalies(of: 160, after: samples).map(\.level) == [.critical])
    }

    @Test func `fewer than five samples say nothing`() {
        #expect(anomalies(of: 100, after: [10, 10, 10, 10]).isEmpty)
        #expect(anomalies(of: 100, after: [10, 10, 10, 10, 10]).count == 1)
    }

    @Test func `samples that are all alike give a finite judgement`() throws {
        let found = try #require(anomalies(of: 10, after: [0, 0, 0, 0, 0, 0]).first)
        #expect(found.deviations.isFinite)
    }

    @Test func `another service has its own baseline`() {
        #expect(anomalies(of: 100, after: usual, service: "other").isEmpty)
    }

    @Test func `statistics do not depend on the order of their samples`() {
        var forward = DurationStatistics()
        var backward = DurationStatistics()
        let samples = (0..<1_000).map { Int64($0 * $0 * 37) }
        for sample in samples { forward.add(sample) }
        for sample in samples.reversed() { backward.add(sample) }
        #expect(forward == backward)
        var half = DurationStatistics()
        for sample in samples[500...] { half.add(sample) }
        forward.remove(half)
        var rest = DurationStatistics()
        for sample in samples[..<500] { rest.add(sample) }
        #expect(forward == rest)
    }

    @Test func `absurd durations do not overflow`() {
        var statistics = DurationStatistics()
        for _ in 0..<10_000 { statistics.add(.max) }
        statistics.add(-5)
        #expect(statistics.count == 10_000)
        #expect(statistics.mean == Double(1 << 52 as Int64))
        #expect(statistics.deviation == 0)
    }
}
