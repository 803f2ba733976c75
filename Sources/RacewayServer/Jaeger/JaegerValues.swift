import HTTPTypes
import FoundationEssentials
import TraceModel

/// Trace ids as Jaeger takes them: one to 32 hexadecimal digits, or sixteen bytes in base64.
enum JaegerTraceID {
    static func parse(_ text: String) throws(RequestFailure) -> TraceID {
        if let id = hexadecimal(text) ?? TraceID(text) { return id }
        if text.utf8.count <= 24, let id = base64(text) { return id }
        throw RequestFailure(
            .badRequest,
            "cannot parse trace id \"\(text.prefix(64))\": expected up to 32 hexadecimal digits",
            field: "trace_id"
        )
    }

    private static func hexadecimal(_ text: String) -> TraceID? {
        guard (1...32).contains(text.utf8.count) else { return nil }
        return TraceID(String(repeating: "0", count: 32 - text.utf8.count) + text)
    }

    private static func base64(_ text: String) -> TraceID? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/").filter { $0 != "=" }
        let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: plain + padding), data.count == 16 || data.count == 8 else { return nil }
        let digits = data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return hexadecimal(digits)
    }
}

/// The two forms in which a search names tags.
enum JaegerTags {
    /// - Parameters:
    ///   - lists: `key:value` each.
    ///   - objects: JSON objects of texts; the last of a key wins.
    static func parse(lists: [String], objects: [String]) throws(RequestFailure) -> [JaegerSearch.Tag] {
        var values: [String: String] = [:]
        for text in lists {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw RequestFailure(
                    .badRequest,
                    "malformed 'tag' parameter, expecting key:value, received: \(text.prefix(64))",
                    field: "tag"
                )
            }
            values[String(parts[0])] = String(parts[1])
        }
        for text in objects {
            values.merge(try object(text, name: "tags")) { $1 }
        }
        return values.sorted { $0.key < $1.key }.map { JaegerSearch.Tag($0.key, $0.value) }
    }

    /// A JSON object of texts, numbers and truth values, as texts.
    static func object(_ text: String, name: String) throws(RequestFailure) -> [String: String] {
        do {
            return try JSONDecoder().decode([String: Scalar].self, from: Data(text.utf8)).mapValues(\.text)
        } catch {
            throw RequestFailure(
                .badRequest,
                "malformed '\(name)' parameter, cannot unmarshal JSON: expected an object whose values are texts",
                field: name
            )
        }
    }

    private struct Scalar: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let flag = try? value.decode(Bool.self) {
                text = flag ? "true" : "false"
            } else if let number = try? value.decode(Int64.self) {
                text = String(number)
            } else if let number = try? value.decode(Double.self) {
                text = String(number)
            } else {
                text = try value.decode(String.self)
            }
        }
    }
}

extension Span.Kind {
    /// As Jaeger spells it; empty where nothing was said.
    var jaegerName: String { self == .unspecified ? "" : "\(self)" }
}
