import Foundation
import Testing
import TraceContext
import TraceModel

/// The conformance vectors of `sdk-protocol/vectors`, which SDKs in other languages run as well.
struct PropagationVector: Decodable, Sendable, CustomTestStringConvertible {
    struct Clock: Decodable, Equatable, Sendable {
        var trace: String
        var span: String
        var parentSpan: String?
        var service: String
        var instance: String
        var clock: [Component]

        enum CodingKeys: String, CodingKey {
            case trace, span, service, instance, clock
            case parentSpan = "parent_span"
        }
    }

    struct Component: Decodable, Equatable, Sendable {
        var name: String
        var value: UInt64

        init(name: String, value: UInt64) {
            self.name = name
            self.value = value
        }

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            name = try row.decode(String.self)
            value = try row.decode(UInt64.self)
        }
    }

    struct Member: Decodable, Equatable, Sendable {
        var key: String
        var value: String
        var properties: [Property]

        init(_ member: Baggage.Member) {
            key = member.key
            value = member.value
            properties = member.properties.map { Property(key: $0.key, value: $0.value) }
        }

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            key = try row.decode(String.self)
            value = try row.decode(String.self)
            properties = try row.decode([Property].self)
        }
    }

    struct Property: Decodable, Equatable, Sendable {
        var key: String
        var value: String?

        init(key: String, value: String?) {
            self.key = key
            self.value = value
        }

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            key = try row.decode(String.self)
            value = try row.decodeIfPresent(String.self)
        }
    }

    struct Expectation: Decodable, Sendable {
        var trace: String?
        var parent: String?
        var flags: String?
        var tracestate: String?
        var baggage: [Member]?
        var baggageSent: String?
        var clock: Clock?
        var problems: [String]?

        enum CodingKeys: String, CodingKey {
            case trace, parent, flags, tracestate, baggage, clock, problems
            case baggageSent = "baggage_sent"
        }
    }

    private struct File: Decodable {
        var cases: [PropagationVector]
    }

    var name: String
    var headers: [[String]]
    var expect: Expectation

    var testDescription: String { name }

    var pairs: [(name: String, value: String)] { headers.map { ($0[0], $0[1]) } }

    /// The cases of one file.
    static func load(_ file: String) throws -> [PropagationVector] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "sdk-protocol/vectors/\(file).json"))
        return try JSONDecoder().decode(File.self, from: data).cases
    }

    /// The cases of one file for a test's arguments; a file that cannot be read gives one case that fails by its name.
    static func cases(_ file: String) -> [PropagationVector] {
        do {
            return try load(file)
        } catch {
            let unreadable = Expectation(trace: "unreadable vectors: \(error)")
            return [PropagationVector(name: "\(file).json cannot be read", headers: [], expect: unreadable)]
        }
    }
}

/// A seeded generator (SplitMix64), so that a failure can be run again.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
