import Foundation

/// What decoding costs when it is left to `JSONDecoder` and one object an event: the figure to compare with.
///
/// Full Foundation on purpose: it is the yardstick, not the product.
enum NaiveDecode {
    struct Body: Decodable { var events: [Event] }

    struct Event: Decodable {
        var id: UUID
        var trace_id: UUID
        var parent_id: UUID?
        var timestamp: String
        var kind: [String: Fields]
        var metadata: Metadata
        var causality_vector: [Component]
        var lock_set: [String]
    }

    struct Fields: Decodable {
        var variable: String?
        var location: String?
        var access_type: String?
        var old_value: Double?
        var new_value: Double?
        var method: String?
        var url: String?
        var status: Int?
        var function_name: String?
    }

    struct Metadata: Decodable {
        var thread_id: String
        var process_id: UInt32
        var service_name: String
        var environment: String
        var tags: [String: String]
        var duration_ns: UInt64?
        var instance_id: String?
        var distributed_span_id: String?
        var upstream_span_id: String?
    }

    struct Component: Decodable {
        var name: String
        var value: UInt64

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            name = try pair.decode(String.self)
            value = try pair.decode(UInt64.self)
        }
    }

    /// Decodes bodies, one a line, and returns how many events they hold.
    static func decode(_ bodies: [UInt8]) throws -> Int {
        let decoder = JSONDecoder()
        return try bodies.split(separator: UInt8(ascii: "\n")).reduce(0) {
            try $0 + decoder.decode(Body.self, from: Data($1)).events.count
        }
    }
}
