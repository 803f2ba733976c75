import RacewayClient
import Testing
import TraceModel
import Tracing

/// Every call of the SDK, as a server reads it.
@Suite struct `The events on the wire` {
    private func everything(_ recording: Recording) async {
        let row = Raceway.Row(store: "postgres", table: "accounts", key: "7")
        await recording.inSpan(.server) { span in
            span.attributes["http.request.method"] = "POST"
            span.attributes["url.path"] = "/pay?secret=1"
            span.attributes["http.response.status_code"] = 201
            Raceway.read("x", saw: 1)
            Raceway.write("x", from: 1, to: ["a", "b"])
            Raceway.update("x", to: Double.nan)
            Raceway.write("cart", to: Optional<Int>.none, scope: .global)
            Raceway.acquired(lock: "l")
            Raceway.releasing(lock: "l")
            Raceway.acquired(lock: "rw", .shared)
            Raceway.releasing(lock: "rw", .shared)
            Raceway.sending(to: "queue", message: "m-1")
            Raceway.received(from: "queue", message: "m-1")
            Raceway.closing(channel: "queue")
            Raceway.signalling("ready")
            Raceway.waited(for: "ready")
            Raceway.arriving(at: "barrier", generation: 3)
            Raceway.left(barrier: "barrier", generation: 3)
            Raceway.began(transaction: "t1", isolation: "serializable")
            Raceway.read(row, version: 4, transaction: "t1")
            Raceway.write(row, version: 5, value: "new", transaction: "t1")
            Raceway.committed(transaction: "t1")
            Raceway.rolledBack(transaction: "t2")
            Raceway.note("checkpoint", [("step", .integer(3))])
            span.addEvent("happened")
            span.recordError(CancellationError())
            let fork = Fork()
            await fork.run {}
            fork.join()
        }
    }

    @Test func `can all be read, in order, with numbers without a gap`() async throws {
        let recording = Recording()
        await everything(recording)
        let batch = try await recording.events()
        #expect(batch.count == 29)
        let first = try #require((0..<batch.count).map { batch[$0] }.first)
        let own = (0..<batch.count).map { batch[$0] }.filter { $0.thread == first.thread }
        #expect(own.map(\.sequence) == (0..<27).map { Int64($0) })
        #expect(Set((0..<batch.count).map { batch[$0].ownClock }) == Set((1...29).map { Int64($0) }))
        let stamps = own.map(\.timestamp)
        #expect(stamps == stamps.sorted())
    }

    @Test func `a request names its path without the query, and its response what became of it`() async throws {
        let recording = Recording()
        await everything(recording)
        _ = try await recording.events()
        let sent = recording.transport.bodies.map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect(sent.contains(#""HttpRequest":{"method":"POST","url":"/pay","headers":{},"body":null}"#))
        #expect(sent.contains(#""HttpResponse":{"status":201"#))
        #expect(sent.contains(#""race.scope":"global""#) && sent.contains(#""race.scope":"process""#))
    }

    @Test func `long texts are cut at a character, and numbers that JSON cannot say become text`() async throws {
        let recording = Recording()
        await recording.inSpan { _ in
            Raceway.write("long", to: String(repeating: "é", count: 2_000))
            Raceway.write("number", to: Double.infinity)
            Raceway.write("big", to: UInt64.max)
        }
        let batch = try await recording.events()
        let values = (0..<batch.count).map { batch[$0] }.filter { $0.operation == .write }
            .map { batch.text($0.newValue) }
        #expect(values[0].utf8.count <= 1_026 && values[0].hasSuffix("é…\""))
        #expect(values[1] == "\"inf\"")
        #expect(values[2] == "18446744073709551615")
    }

    @Test func `attributes stay at home when they are told to`() async throws {
        var configuration = TracerConfiguration.test
        configuration.sendsAttributes = false
        let recording = Recording(configuration)
        await recording.inSpan { $0.attributes["user"] = "alice" }
        _ = try await recording.events()
        let sent = recording.transport.bodies.map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect(!sent.contains("alice"))
    }
}
