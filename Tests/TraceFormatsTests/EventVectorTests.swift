import Foundation
import Testing
import TraceFormats
import TraceModel

/// The bodies of `sdk-protocol/vectors/events.json`, which SDKs and servers in other languages can run as well.
@Suite struct `Event vectors` {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// The body, and what is expected of it, as JSON.
        var body: [UInt8]
        var expect: Data
        var testDescription: String { name }
    }

    private struct Expectation: Decodable {
        struct Rejected: Decodable {
            var index: Int
            var code: String
        }
        var kept: [Row]
        var rejected: [Rejected]
    }

    private struct Refused: Decodable {
        var status: Int
        var code: String
    }

    /// What a vector may say about a row; what it does not say is not compared.
    private struct Row: Decodable {
        var operation: String
        var object: String
        var subject: String
        var number: Int64
        var flags: [String]
        var location: String?
        var trace: String?
        var span: String?
        var upstream: String?
        var duration: Int64?
        var sequence: Int64?
        var ownClock: Int64?
        var timestamp: Int64?
        var memoryOrder: String?
        var old: String??
        var new: String??

        enum CodingKeys: String, CodingKey {
            case operation, object, subject, number, flags, location, trace, span, upstream, duration, sequence
            case timestamp, old, new
            case ownClock = "own_clock"
            case memoryOrder = "memory_order"
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            operation = try members.decode(String.self, forKey: .operation)
            object = try members.decode(String.self, forKey: .object)
            subject = try members.decode(String.self, forKey: .subject)
            number = try members.decode(Int64.self, forKey: .number)
            flags = try members.decode([String].self, forKey: .flags)
            location = try members.decodeIfPresent(String.self, forKey: .location)
            trace = try members.decodeIfPresent(String.self, forKey: .trace)
            span = try members.decodeIfPresent(String.self, forKey: .span)
            upstream = try members.decodeIfPresent(String.self, forKey: .upstream)
            duration = try members.decodeIfPresent(Int64.self, forKey: .duration)
            sequence = try members.decodeIfPresent(Int64.self, forKey: .sequence)
            ownClock = try members.decodeIfPresent(Int64.self, forKey: .ownClock)
            timestamp = try members.decodeIfPresent(Int64.self, forKey: .timestamp)
            memoryOrder = try members.decodeIfPresent(String.self, forKey: .memoryOrder)
            // A null says that the row has no value, an absent member says nothing.
            old = members.contains(.old) ? .some(try members.decode(String?.self, forKey: .old)) : .none
            new = members.contains(.new) ? .some(try members.decode(String?.self, forKey: .new)) : .none
        }
    }

    static func load() -> [String: [[String: Any]]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        guard let data = try? Data(contentsOf: root.appending(path: "sdk-protocol/vectors/events.json")),
            let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return [:] }
        return json.compactMapValues { $0 as? [[String: Any]] }
    }

    static func cases(_ list: String) -> [Case] {
        (load()[list] ?? []).compactMap { item in
            guard let name = item["name"] as? String, let expect = item["expect"],
                let expectData = try? JSONSerialization.data(withJSONObject: expect)
            else { return nil }
            if let text = item["text"] as? String {
                return Case(name: name, body: Array(text.utf8), expect: expectData)
            }
            guard let body = item["body"],
                let data = try? JSONSerialization.data(withJSONObject: body, options: [.withoutEscapingSlashes])
            else { return nil }
            return Case(name: name, body: Array(data), expect: expectData)
        }
    }

    @Test func `the file can be read`() {
        #expect(Self.cases("cases").count > 80)
        #expect(Self.cases("refused").count == Self.load()["refused"]?.count)
        #expect(Self.cases("cases").count == Self.load()["cases"]?.count)
    }

    @Test(arguments: cases("cases"))
    func `a body becomes the rows that the vectors say`(vector: Case) throws {
        let expected = try JSONDecoder().decode(Expectation.self, from: vector.expect)
        let document = try RacewayBody.decode(vector.body)
        let batch = document.batch
        #expect(document.problems.map(\.index) == expected.rejected.map(\.index))
        #expect(document.problems.map(\.code) == expected.rejected.map(\.code))
        try #require(batch.count == expected.kept.count, "\(document.problems)")
        for (index, row) in expected.kept.enumerated() {
            let event = batch[index]
            #expect("\(event.operation)" == row.operation)
            #expect(batch.symbols[event.object] == row.object)
            #expect(batch.symbols[event.subject] == row.subject)
            #expect(event.number == row.number)
            #expect(names(event.flags) == Set(row.flags))
            if let location = row.location { #expect(batch.symbols[event.location] == location) }
            if let trace = row.trace { #expect(event.trace.description == trace) }
            if let span = row.span { #expect(batch.symbols[event.span] == span) }
            if let upstream = row.upstream { #expect(batch.symbols[event.upstreamSpan] == upstream) }
            if let duration = row.duration { #expect(event.duration == duration) }
            if let sequence = row.sequence { #expect(event.sequence == sequence) }
            if let ownClock = row.ownClock { #expect(event.ownClock == ownClock) }
            if let timestamp = row.timestamp { #expect(event.timestamp == timestamp) }
            if let order = row.memoryOrder { #expect("\(event.flags.memoryOrder)" == order) }
            if let old = row.old { #expect(text(event.oldValue, batch) == old) }
            if let new = row.new { #expect(text(event.newValue, batch) == new) }
        }
    }

    @Test(arguments: cases("refused"))
    func `a body of which nothing is kept is refused with the status that the vectors say`(vector: Case) throws {
        let expected = try JSONDecoder().decode(Refused.self, from: vector.expect)
        do {
            let document = try RacewayBody.decode(vector.body)
            Issue.record("kept \(document.batch.count) events")
        } catch {
            #expect(error.status == expected.status)
            #expect(error.error.code == expected.code)
        }
    }

    private func text(_ range: ByteRange, _ batch: EventBatch) -> String? {
        range.isEmpty ? nil : batch.text(range)
    }

    private func names(_ flags: EventFlags) -> Set<String> {
        let known: [(EventFlags, String)] = [
            (.shared, "shared"), (.advisory, "advisory"), (.globalScope, "globalScope"),
            (.processScope, "processScope"), (.numbered, "numbered"), (.failed, "failed"),
        ]
        return Set(known.compactMap { flags.contains($0.0) ? $0.1 : nil })
    }
}
