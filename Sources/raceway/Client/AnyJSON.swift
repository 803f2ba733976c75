/// Any JSON value as one short line of text.
struct AnyJSON: Decodable {
    /// As JSON.
    var text: String
    /// As a word in a sentence: strings without quotes, nothing for null.
    var word: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(String.self) {
            (text, word) = ("\"\(value)\"", value)
        } else if let values = try? container.decode([AnyJSON].self) {
            text = "[" + values.map(\.text).joined(separator: ",") + "]"
            word = text
        } else if let members = try? container.decode([String: AnyJSON].self) {
            let sorted = members.sorted { $0.key < $1.key }
            text = "{" + sorted.map { "\"\($0.key)\":\($0.value.text)" }.joined(separator: ",") + "}"
            word = text
        } else if container.decodeNil() {
            (text, word) = ("null", nil)
        } else {
            text = try Self.number(container)
            word = text
        }
    }

    private static func number(_ container: any SingleValueDecodingContainer) throws -> String {
        if let value = try? container.decode(Int.self) { return String(value) }
        if let value = try? container.decode(Bool.self) { return String(value) }
        return String(try container.decode(Double.self))
    }
}
