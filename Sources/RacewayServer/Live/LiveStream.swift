import Hummingbird
import IngestEngine
import JSONText
import NIOCore
import ServiceLifecycle
import TraceStore

/// One connection to `/api/live`: a snapshot, then what changed, at most four times a second.
///
/// Nothing is queued: an event is made from what holds when the client has taken the one before. A client that does not
/// read loses its connection.
struct LiveStream {
    static let interval = Duration.milliseconds(250)
    /// Silence after which a comment keeps proxies from closing the connection.
    static let silence = Duration.seconds(15)
    /// Time in which a client must have taken an event.
    static let patience = TimeAmount.seconds(20)

    let server: ServerState
    let seat: LiveSeats.Seat
    let channel: (any Channel)?
    var view: LiveView
    /// Events after which the stream ends by itself.
    let countMax: Int

    /// Writes until the client leaves, the server ends or there was enough.
    @concurrent mutating func run(_ writer: inout any ResponseBodyWriter) async throws {
        let start = ContinuousClock.now
        var refreshed: ContinuousClock.Instant?
        var lastWrite = start
        var sent = 0
        try await write(": raceway\nretry: 2000\n\n", &writer)
        while !Task.isCancelled, !server.lifecycle.isDraining, !Task.isShuttingDownGracefully {
            let now = ContinuousClock.now
            if now - start > server.limits.liveTime { break }
            let event = try await next(now, &refreshed)
            if let (name, data) = event {
                try await write(
                    "id: \(id)\nevent: \(name)\ndata: \(String(decoding: data, as: UTF8.self))\n\n",
                    &writer
                )
                sent += 1
                lastWrite = now
                if sent >= countMax { break }
            } else if now - lastWrite > Self.silence {
                try await write(": still here\n\n", &writer)
                lastWrite = now
            }
            try await Task.sleep(for: Self.interval)
        }
        try await writer.finish(nil)
    }

    private var id: String { "\(server.live.process).\(view.revision ?? 0)" }

    private mutating func next(
        _ now: ContinuousClock.Instant,
        _ refreshed: inout ContinuousClock.Instant?
    ) async throws -> (name: String, data: [UInt8])? {
        let counts = try await server.store.counts()
        var program = await server.analysis.latestProgram()
        // Following costs no more than a tenth of the time in analyses.
        let pause = max(.seconds(1), (program?.elapsed ?? .zero) * 10)
        if program?.counts.revision != counts.revision, refreshed.map({ now - $0 >= pause }) ?? true {
            refreshed = now
            program = try await server.analysis.program(waitingAtMost: Self.interval)
        }
        let isChanged = view.revision != counts.revision
        let traces =
            isChanged ? try await server.store.summaries(TraceQuery(limit: LiveView.rowsMax)).traces : []
        return view.next(counts, traces, program, await server.findings.read())
    }

    @concurrent private func write(_ text: String, _ writer: inout any ResponseBodyWriter) async throws {
        let deadline = channel.map { channel in
            channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        }
        defer { deadline?.cancel() }
        try await writer.write(ByteBuffer(string: text))
    }
}
