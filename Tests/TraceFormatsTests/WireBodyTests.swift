import Foundation
import Testing
import TraceFormats
import TraceModel

/// Raw request bodies of OpenTelemetry's Python exporters: one program, seven ways to say it.
@Suite(.enabled(if: Corpora.isPresent)) struct `Bodies of real exporters` {
    private func body(_ name: String) throws -> [UInt8] {
        try Corpora.bytes(#require(Corpora.folder).appending(path: "traces/wire-python-sdk/\(name).body"))
    }

    /// What must be the same whichever way it came.
    private func check(_ document: TraceDocument, _ name: String) throws {
        #expect(document.problems.isEmpty, "\(name): \(document.problems)")
        #expect(document.spans.map(\.name) == ["SELECT accounts", "POST /transfer", "worker"])
        #expect(document.spans.map(\.kind) == [.client, .server, .consumer])
        #expect(document.spans.map(\.service) == ["checkout", "checkout", "checkout"])
        #expect(document.spans.map(\.instance) == ["i-1", "i-1", "i-1"])
        #expect(document.spans.map(\.scopeName) == ["race.demo", "race.demo", "race.demo"])
        #expect(document.spans[0].parent == document.spans[1].id)
        #expect(document.spans[0].trace == document.spans[1].trace)
        #expect(document.spans[2].status == .error)
        #expect(document.spans[0].attributes["db.query.text"]?.string == "SELECT balance FROM accounts WHERE id=$1")
        #expect(document.spans[1].moments.map(\.name) == ["race.access", "race.access", "race.access"])
        #expect(document.spans[2].moments.map(\.name) == ["exception"])
        let batch = document.batch
        let accesses = (0..<batch.count).filter { batch.operations[$0].isAccess }
        #expect(accesses.count == 4)
        let balance = accesses.filter { batch.symbols[batch.objects[$0]] == "account/alice.balance" }
        #expect(balance.map { batch.operations[$0] } == [.read, .write, .read])
        #expect(balance.map { batch.sequences[$0] } == [0, 1, 2])
        #expect(balance.allSatisfy { batch.symbols[batch.threads[$0]] == "7" })
        #expect(balance.allSatisfy { batch.flags[$0].contains(.processScope) })
        let inferred = try #require(accesses.first { !balance.contains($0) })
        #expect(batch.symbols[batch.objects[inferred]] == "db:postgresql//accounts")
        #expect(batch.flags[inferred].isSuperset(of: [.inferred, .globalScope]))
    }

    @Test(arguments: ["otlp_http_protobuf", "otlp_http_protobuf_gzip", "otlp_grpc", "otlp_http_json", "zipkin_v2_json"])
    func `a body is recognised and read`(name: String) throws {
        try check(TraceReader.read(body(name)), name)
    }

    @Test func `an OTLP body is decoded as a request`() throws {
        try check(OTLPReader.decode(body("otlp_http_protobuf"), as: .protobuf), "protobuf")
        try check(OTLPReader.decode(body("otlp_http_json"), as: .json), "json")
        let spans = try OTLPReader.decode(body("otlp_http_protobuf"), as: .protobuf).spans
        #expect(spans[2].links.count == 1)
        #expect(spans[1].attributes["list"] == .array([.string("a"), .string("b")]))
        #expect(spans[1].attributes["ratio"] == .double(0.5))
        #expect(spans[0].flags == 0x100)
        #expect(spans[2].statusMessage == "boom")
    }

    @Test func `events that the SDK dropped leave their mark`() throws {
        let document = try TraceReader.read(body("otlp_http_protobuf_300events"))
        let span = try #require(document.spans.first { $0.droppedMoments > 0 })
        #expect(span.moments.count == 128)
        #expect(span.droppedMoments == 172)
        let batch = document.batch
        let marked = (0..<batch.count).filter { batch.flags[$0].contains(.afterLoss) }
        #expect(marked.count == 1)
        #expect(marked.allSatisfy { batch.operations[$0].isAccess && batch.sequences[$0] == 172 })
    }
}
