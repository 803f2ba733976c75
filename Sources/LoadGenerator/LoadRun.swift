import Synchronization

/// An open loop: requests are due at fixed times whatever the server does, and latency counts from then (Tene's coordinated
/// omission). A request that breaks or is refused for load is sent again, unchanged, until it is answered.
public final class LoadRun: Sendable {
    private let plan: LoadPlan
    private let templates: [RequestTemplate]
    private let run: UInt32
    private let nextTicket = Atomic<Int>(0)
    private let acknowledged = Atomic<Int>(0)
    private let isStopped = Atomic(false)
    private let clock = ContinuousClock()

    /// A run; `seed` tells its identifiers from those of other runs.
    public init(_ plan: LoadPlan, seed: UInt32) {
        self.plan = plan
        run = seed
        templates =
            plan.protocol == .events
            ? plan.scenario.templates(eventsPerRequest: plan.eventsPerRequest, service: plan.service)
            : [SpanTemplate.template(spans: plan.eventsPerRequest, service: plan.service)]
    }

    /// Events acknowledged so far; for progress.
    public var progress: Int { acknowledged.load(ordering: .relaxed) }

    /// Begins no more requests; those that were begun are answered or given up as at the end.
    public func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Whether the run was ended before its time.
    public var wasStopped: Bool { isStopped.load(ordering: .relaxed) }

    /// Sends until the duration is over and everything begun is answered or given up.
    ///
    /// - Parameter wallSecond: nanoseconds since 1970, for the timestamps of events.
    public func start(wallClock: @escaping @Sendable () -> Int64) async -> LoadResult {
        let start = clock.now
        let tally = await withTaskGroup(of: LoadTally.self) { group in
            for connection in 0..<plan.connections {
                group.addTask { await self.work(connection, from: start, wallClock) }
            }
            var sum = LoadTally()
            for await one in group { sum.merge(one) }
            return sum
        }
        return LoadResult(tally: tally, elapsed: start.duration(to: clock.now))
    }

    /// Bits of an identifier left to the events of one connection.
    private static let connectionShift = 36

    private struct Pending {
        var body: [UInt8] = []
        var template: RequestTemplate
        var due: ContinuousClock.Instant
        var events: Int
    }

    @concurrent
    private func work(
        _ connection: Int,
        from start: ContinuousClock.Instant,
        _ wallClock: @Sendable () -> Int64
    ) async -> LoadTally {
        var tally = LoadTally()
        var pending: Pending?
        var spare: [UInt8] = []
        var last: (body: [UInt8], events: Int) = ([], 0)
        var event = connection << Self.connectionShift
        var trace = connection << Self.connectionShift
        let end = start.advanced(by: plan.duration)
        let limit = end.advanced(by: plan.grace)
        let requestsPerSecond = plan.rate.map { $0 / Double(plan.eventsPerRequest) }
        var isOver = false
        var pause: Duration?
        while !isOver {
            do {
                if let wait = pause { try await Task.sleep(for: wait) }
                pause = nil
                try await connect {
                    if let pending { return clock.now < limit ? (pending.body, pending.template.contentType) : nil }
                    let ticket = nextTicket.wrappingAdd(1, ordering: .relaxed).oldValue
                    let due =
                        requestsPerSecond.map { start.advanced(by: .seconds(Double(ticket) / $0)) } ?? clock.now
                    guard due < end, clock.now < limit, !wasStopped else { return nil }
                    let template = templates[ticket % templates.count]
                    var next = Pending(template: template, due: due, events: template.events)
                    if template.isResend, !last.body.isEmpty {
                        next.body = last.body
                        next.events = last.events
                        tally.resent += last.events
                    } else {
                        next.body = spare
                        template.fill(
                            run: run,
                            firstEvent: event,
                            firstTrace: trace,
                            nanoseconds: wallClock() + max(0, Self.nanoseconds(clock.now.duration(to: due))),
                            into: &next.body
                        )
                        next.template.isResend = false
                        event += template.events
                        trace += template.isContinued ? 0 : template.traces
                        tally.sent += template.events
                    }
                    tally.bytes += next.body.count
                    pending = next
                    // What it takes to make a request is no part of its latency.
                    if due > clock.now { try await Task.sleep(until: due, tolerance: .zero, clock: clock) }
                    return (next.body, template.contentType)
                } answered: { answer in
                    guard let done = pending else { return }
                    if answer.status == 503 || answer.status == 429 {
                        tally.refusals += 1
                        try await Task.sleep(for: .seconds(answer.retryAfter ?? 1))
                        return
                    }
                    tally.requests += 1
                    tally.latency.record(Self.nanoseconds(done.due.duration(to: clock.now)))
                    tally.service.record(answer.nanoseconds)
                    if answer.status != done.template.status { tally.unexpected[answer.status, default: 0] += 1 }
                    if answer.status == 200, done.events > 0 {
                        if !done.template.isResend {
                            tally.acknowledged += done.events
                            acknowledged.wrappingAdd(done.events, ordering: .relaxed)
                        }
                        last = (done.body, done.events)
                    }
                    if answer.status != 200 || done.events == 0 { spare = done.body } else { spare = [] }
                    pending = nil
                }
                let isLast = clock.now >= end || wasStopped || requestsPerSecond != nil && isDrained(end, start)
                isOver = pending == nil && isLast
                if pending != nil, clock.now >= limit { isOver = true }
            } catch {
                tally.breaks += 1
                isOver = clock.now >= limit || Task.isCancelled || (pending == nil && (clock.now >= end || wasStopped))
                pause = .milliseconds(50)
            }
        }
        if pending != nil { tally.abandoned += 1 }
        return tally
    }

    /// Sends over one connection of the plan's protocol, see ``LoadConnection/run(next:answered:)``.
    private func connect(
        next: () async throws -> (body: [UInt8], contentType: String)?,
        answered: (LoadConnection.Answer) async throws -> Void
    ) async throws {
        if plan.protocol == .otlpGRPC {
            try await CallConnection(plan: plan).run(next: next, answered: answered)
        } else {
            try await LoadConnection(plan: plan).run(next: next, answered: answered)
        }
    }

    /// No request is due before the end any more.
    private func isDrained(_ end: ContinuousClock.Instant, _ start: ContinuousClock.Instant) -> Bool {
        guard let rate = plan.rate else { return clock.now >= end }
        let ticket = Double(nextTicket.load(ordering: .relaxed))
        return start.advanced(by: .seconds(ticket * Double(plan.eventsPerRequest) / rate)) >= end
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }
}
