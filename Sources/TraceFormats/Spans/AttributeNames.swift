import TraceModel

/// Names of OpenTelemetry attributes that were replaced but are still sent.
enum AttributeNames {
    /// Old name, new name, and whether the value becomes a text.
    private static let replaced: [String: String] = [
        "code.filepath": "code.file.path",
        "code.lineno": "code.line.number",
        "code.column": "code.column.number",
        "db.system": "db.system.name",
        "db.name": "db.namespace",
        "db.statement": "db.query.text",
        "db.operation": "db.operation.name",
        "db.sql.table": "db.collection.name",
        "db.mongodb.collection": "db.collection.name",
        "db.cassandra.table": "db.collection.name",
        "db.redis.database_index": "db.namespace",
        "messaging.operation": "messaging.operation.type",
        "http.method": "http.request.method",
        "http.status_code": "http.response.status_code",
        "http.url": "url.full",
    ]

    /// Adds the present name beside each former one, unless it is there already. What was sent stays.
    static func normalise(_ attributes: inout [Attribute]) {
        var added: [Attribute] = []
        for attribute in attributes where mayBeReplaced(attribute.key) {
            guard let name = attribute.key == "code.function" ? "code.function.name" : replaced[attribute.key],
                !attributes.contains(where: { $0.key == name }), !added.contains(where: { $0.key == name })
            else { continue }
            added.append(Attribute(name, value(of: attribute, in: attributes)))
        }
        attributes.append(contentsOf: added)
    }

    /// The span with present names beside former ones, its moments too.
    static func normalised(_ span: Span) -> Span {
        var span = span
        normalise(&span.attributes)
        for index in span.moments.indices { normalise(&span.moments[index].attributes) }
        return span
    }

    /// False for most keys at the cost of one byte, since hashing each costs more than reading the rest of a span.
    private static func mayBeReplaced(_ key: String) -> Bool {
        switch key.utf8.first {
        case UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "m"), UInt8(ascii: "h"): true
        default: false
        }
    }

    private static func value(of attribute: Attribute, in attributes: [Attribute]) -> AttributeValue {
        switch attribute.key {
        case "code.function":
            // The present name is fully qualified.
            guard let namespace = attributes["code.namespace"]?.string, !namespace.isEmpty else {
                return attribute.value
            }
            return .string(namespace + "." + attribute.value.text)
        case "db.redis.database_index": return .string(attribute.value.text)
        default: return attribute.value
        }
    }
}
