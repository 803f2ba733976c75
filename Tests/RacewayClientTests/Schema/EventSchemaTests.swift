import Foundation
import ProtocolVectors
import RacewayClient
import Testing
import TraceFormats
import TraceModel

@testable import SDKConformance

/// `sdk-protocol/events.schema.json` accepts exactly what the server keeps.
@Suite struct `The schema of events` {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "sdk-protocol/events.schema.json")

    private struct Vectors: Decodable {
        struct Case: Decodable {
            var name: String
            var body: JSONValue?
        }
        var cases: [Case]
    }

    /// Events of all vectors, each in a body of its own.
    private static func events() throws -> [(name: String, event: JSONValue)] {
        let vectors = try JSONDecoder().decode(Vectors.self, from: ProtocolVectors.File.events.data)
        return vectors.cases.flatMap { item in
            (item.body?.members["events"]?.elements ?? []).map { (item.name, $0) }
        }
    }

    /// Whether the server keeps an event.
    private static func isKept(_ event: JSONValue) throws -> Bool {
        let good = """
            {"id":"00000000-0000-4000-8000-0000000000ff","trace_id":"0af76519-16cd-43dd-8448-eb211c80319c",\
            "timestamp":"2026-03-01T12:00:00Z","kind":{"Custom":{"name":"n"}},\
            "metadata":{"thread_id":"t","service_name":"s"}}
            """
        let text = String(decoding: try JSONEncoder().encode(event), as: UTF8.self)
        // A neighbour that is right, so that a body is never refused as a whole.
        let document = try RacewayBody.decode(Array("{\"events\":[\(good),\(text)]}".utf8))
        return document.problems.isEmpty
    }

    @Test func `agrees with the server about every event of the vectors`() throws {
        let schema = try JSONSchema(file: Self.file)
        for (name, event) in try Self.events() {
            #expect(try schema.accepts(event, as: "event") == Self.isKept(event), "\(name)")
        }
    }

    @Test func `agrees with the server about events that were changed in one place`() throws {
        let schema = try JSONSchema(file: Self.file)
        var differing: [String] = []
        var refused = 0
        var seen: Set<String> = []
        for (name, event) in try Self.events() where try Self.isKept(event) {
            for (place, changed) in Mutation.all(of: event) {
                // Values are any JSON; one look at each kind of place is enough.
                let kind = event.members["kind"]?.members.keys.first ?? ""
                guard seen.insert("\(kind) \(place)").inserted else { continue }
                let isKept = try Self.isKept(changed)
                refused += isKept ? 0 : 1
                if try schema.accepts(changed, as: "event") != isKept {
                    differing.append("\(name) \(place): kept \(isKept)")
                }
            }
        }
        #expect(differing.isEmpty, "\(differing.count): \(differing.prefix(20).joined(separator: "\n"))")
        #expect(seen.count > 1_000 && refused > 300)
    }

    @Test func `calls everything canonical that the Swift SDK sends, and what is canonical is kept`() async throws {
        let schema = try JSONSchema(file: Self.file)
        let recording = Recording()
        await WireForm.everything(recording)
        await recording.tracer.flush()
        for body in recording.transport.bodies {
            let value = try JSONDecoder().decode(JSONValue.self, from: Data(body))
            for event in value.members["events"]?.elements ?? [] {
                #expect(try schema.accepts(event, as: "canonicalEvent"), "\(event)")
            }
            #expect(try schema.accepts(value, as: "canonicalBody") && schema.accepts(value))
        }
        for (name, event) in try Self.events() where try schema.accepts(event, as: "canonicalEvent") {
            #expect(try Self.isKept(event), "\(name)")
        }
    }
}

/// Small changes of a JSON value.
enum Mutation {
    private static let others: [(String, JSONValue)] = [
        ("null", .null), ("true", .bool(true)), ("-1", .integer(-1)), ("1.5", .number(1.5)), ("text", .text("x")),
        ("empty", .text("")), ("list", .list([])), ("object", .object([:])), ("large", .number(1e300)),
    ]

    /// The value with one member left out, or one value replaced, anywhere inside; each with its place.
    static func all(of value: JSONValue, at place: String = "$") -> [(place: String, value: JSONValue)] {
        var found: [(String, JSONValue)] = []
        switch value {
        case .object(let members):
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                let inner = "\(place).\(key)"
                func with(_ other: JSONValue?) -> JSONValue { .object(members.merging([key: other ?? .null]) { $1 }) }
                var without = members
                without[key] = nil
                found.append((inner + " absent", .object(without)))
                found += others.map { ("\(inner) \($0.0)", with($0.1)) }
                found += all(of: member, at: inner).map { ($0.place, with($0.value)) }
            }
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                func with(_ other: JSONValue) -> JSONValue {
                    var changed = elements
                    changed[index] = other
                    return .list(changed)
                }
                found += others.map { ("\(place)[] \($0.0)", with($0.1)) }
                found += all(of: element, at: "\(place)[]").map { ($0.place, with($0.value)) }
            }
        default: break
        }
        return found
    }
}
