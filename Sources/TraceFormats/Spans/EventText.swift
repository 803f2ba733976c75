import JSONText
import TraceModel

/// Span events inside one text, as OpenTelemetry's Zipkin exporters write them: `"name": {…}`, some as `{"name": {…}}`.
enum EventText {
    private static let depthMax = 16

    /// Splits such a text into name and attributes; any other text stays the name.
    static func decode(_ moment: inout Span.Moment) {
        guard let first = moment.name.utf8.first, first == Byte.quote || first == Byte.openBrace,
            moment.name.utf8.last == Byte.closeBrace
        else { return }
        let text = first == Byte.quote ? "{" + moment.name + "}" : moment.name
        var index = JSONIndex(depthMax: depthMax)
        let failure = Array(text.utf8).withUnsafeBytes { index.load($0) }
        guard failure == nil, let found = index.withCursor({ Self.event($0) }) ?? nil else { return }
        moment.name = found.key
        if case .map(let attributes) = found.value { moment.attributes = attributes }
    }

    /// The only member of an object, when its value is an object.
    private static func event(_ start: JSONCursor) -> Attribute? {
        var cursor = start
        do throws(JSONFault) {
            try cursor.ignore()
            guard cursor.isAtEnd else { return nil }
            cursor.at = 0
            guard case .map(let members) = try cursor.anyValue(), members.count == 1, case .map = members[0].value
            else {
                return nil
            }
            return members[0]
        } catch {
            return nil
        }
    }

    /// The text of an event: its name alone when it has no attributes.
    static func encode(_ moment: Span.Moment) -> String {
        guard !moment.attributes.isEmpty else { return moment.name }
        var json = JSONWriter()
        json.object { json in
            json.object(moment.name) { json in
                for attribute in moment.attributes { json.member(attribute.key, attribute: attribute.value) }
            }
        }
        // Without the outer braces, as the specification of the mapping has it.
        return String(decoding: json.bytes.dropFirst().dropLast(), as: UTF8.self)
    }
}
