/// The answer of `GET /api/traces/{id}`, as far as the command shows it.
struct TraceDetail: Decodable {
    var data: Trace

    struct Trace: Decodable {
        var trace_id: String
        var events: [Event]
        var analysis: Findings
        var critical_path: Path?
        var events_total: Int?
    }

    struct Event: Decodable {
        var id: String
        var parent_id: String?
        var timestamp: String
        var kind: Kind
        var metadata: Metadata
    }

    struct Metadata: Decodable {
        var thread_id: String?
        var service_name: String?
        var duration_ns: Double?
    }

    struct Findings: Decodable {
        var race_details: [Race]
    }

    struct Race: Decodable {
        var severity: String
        var description: String
    }

    struct Path: Decodable {
        var path: [Step]
        var total_duration_ms: Double?
        var percentage_of_total: Double?
    }

    struct Step: Decodable {
        var id: String
    }

    /// `{"StateChange": {…}}`: the tag, and the members that tell most.
    struct Kind: Decodable {
        var tag: String
        var summary: String

        init(from decoder: any Decoder) throws {
            guard let outer = try? decoder.container(keyedBy: Name.self), let key = outer.allKeys.first else {
                tag = "?"
                summary = ""
                return
            }
            tag = key.stringValue
            guard let inner = try? outer.nestedContainer(keyedBy: Name.self, forKey: key) else {
                summary = ""
                return
            }
            let words = Self.telling.compactMap { name in
                (try? inner.decodeIfPresent(AnyJSON.self, forKey: Name(stringValue: name)))?.word
            }
            summary = words.joined(separator: " ")
        }

        /// Members worth a word, in reading order.
        private static let telling = [
            "method", "url", "function_name", "access_type", "variable", "new_value", "location", "lock_id", "task_id",
            "task_name", "future_id", "channel", "object", "barrier", "query", "status", "rows", "error_type",
            "message",
            "name", "key", "value", "transaction_id",
        ]
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
