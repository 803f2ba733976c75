public import TraceContext
import TraceModel

/// Headers of a request, and what a receiver makes of them.
public struct PropagationVector: Decodable, Sendable {
    /// A `raceway-clock` as it was read.
    public struct Clock: Decodable, Equatable, Sendable {
        public var trace: String
        public var span: String
        public var parentSpan: String?
        public var service: String
        public var instance: String
        public var clock: [Component]

        enum CodingKeys: String, CodingKey {
            case trace, span, service, instance, clock
            case parentSpan = "parent_span"
        }

        /// What the product read.
        public init(_ clock: RacewayClock) {
            trace = clock.trace.description
            span = clock.span
            parentSpan = clock.parentSpan
            service = clock.service
            instance = clock.instance
            self.clock = clock.clock.components.map { Component(name: $0.name, value: $0.value) }
        }
    }

    /// `[name, count]` of a clock.
    public struct Component: Decodable, Equatable, Sendable {
        public var name: String
        public var value: UInt64

        init(name: String, value: UInt64) {
            self.name = name
            self.value = value
        }

        public init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            name = try row.decode(String.self)
            value = try row.decode(UInt64.self)
        }
    }

    /// `[key, value, properties]` of baggage.
    public struct Member: Decodable, Equatable, Sendable {
        public var key: String
        public var value: String
        public var properties: [Property]

        /// What the product read.
        public init(_ member: Baggage.Member) {
            key = member.key
            value = member.value
            properties = member.properties.map { Property(key: $0.key, value: $0.value) }
        }

        public init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            key = try row.decode(String.self)
            value = try row.decode(String.self)
            properties = try row.decode([Property].self)
        }
    }

    /// `[key, value or null]` of a member.
    public struct Property: Decodable, Equatable, Sendable {
        public var key: String
        public var value: String?

        init(key: String, value: String?) {
            self.key = key
            self.value = value
        }

        public init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            key = try row.decode(String.self)
            value = try row.decodeIfPresent(String.self)
        }
    }

    /// What the vector says of the headers; absent members say nothing.
    public struct Expectation: Decodable, Sendable {
        public var trace: String?
        public var parent: String?
        public var flags: String?
        public var tracestate: String?
        public var baggage: [Member]?
        public var baggageSent: String?
        public var clock: Clock?
        public var problems: [String]?

        enum CodingKeys: String, CodingKey {
            case trace, parent, flags, tracestate, baggage, clock, problems
            case baggageSent = "baggage_sent"
        }
    }

    /// A header line too long to be written out.
    private struct Repeated: Decodable {
        var name: String
        var start: String
        var text: String
        var times: Int
    }

    private enum CodingKeys: String, CodingKey {
        case name, headers, expect, repeated
    }

    public var name: String
    /// Header lines in order; names may come twice.
    public var headers: [(name: String, value: String)]
    public var expect: Expectation

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        name = try members.decode(String.self, forKey: .name)
        expect = try members.decode(Expectation.self, forKey: .expect)
        headers = try members.decode([[String]].self, forKey: .headers).map { pair in
            guard pair.count == 2 else {
                throw DecodingError.dataCorruptedError(forKey: .headers, in: members, debugDescription: "no pair")
            }
            return (pair[0], pair[1])
        }
        for line in try members.decodeIfPresent([Repeated].self, forKey: .repeated) ?? [] {
            headers.append((line.name, line.start + String(repeating: line.text, count: line.times)))
        }
    }
}
