import JSONText

/// The form of a JSON value: as much of JSON Schema 2020-12 as our answers need.
indirect enum Schema: Sendable {
    case string
    /// A string in a named format, such as `date-time` or `uuid`.
    case format(String)
    /// One of these strings.
    case oneOf([String])
    case integer
    /// A whole number within bounds.
    case range(Int, Int)
    case number
    case boolean
    /// Whatever a sender wrote.
    case any
    case array(Schema)
    /// An object whose member names are data.
    case map(Schema)
    case object([Member])
    case nullable(Schema)
    /// A schema of ``Schemas/named``.
    case named(String)

    /// A member of an object.
    struct Member: Sendable {
        var name: String
        var schema: Schema
        /// False for members that only some answers have.
        var isRequired: Bool

        /// A member that is always there.
        static func member(_ name: String, _ schema: Schema) -> Member {
            Member(name: name, schema: schema, isRequired: true)
        }

        /// A member that only some answers have.
        static func optional(_ name: String, _ schema: Schema) -> Member {
            Member(name: name, schema: schema, isRequired: false)
        }
    }

    /// The compatible envelope around a schema.
    static func envelope(_ data: Schema, _ more: [Member] = []) -> Schema {
        .object(
            [.member("success", .boolean), .member("data", data), .member("error", .nullable(.string))] + more
        )
    }

    /// The schema as the next value.
    func write(_ json: inout JSONWriter) {
        json.object { json in members(&json) }
    }

    private func members(_ json: inout JSONWriter) {
        switch self {
        case .any: break
        case .string: json.member("type", "string")
        case .format(let name):
            json.member("type", "string")
            json.member("format", name)
        case .oneOf(let values):
            json.member("type", "string")
            json.array("enum", values)
        case .integer: json.member("type", "integer")
        case .range(let low, let high):
            json.member("type", "integer")
            json.member("minimum", low)
            json.member("maximum", high)
        case .number: json.member("type", "number")
        case .boolean: json.member("type", "boolean")
        case .array(let element):
            json.member("type", "array")
            json.key("items")
            element.write(&json)
        case .map(let value):
            json.member("type", "object")
            json.key("additionalProperties")
            value.write(&json)
        case .object(let members): Self.object(members, &json)
        case .nullable(let schema):
            json.array("anyOf") { json in
                schema.write(&json)
                json.object { $0.member("type", "null") }
            }
        case .named(let name): json.member("$ref", "#/components/schemas/" + name)
        }
    }

    private static func object(_ members: [Member], _ json: inout JSONWriter) {
        json.member("type", "object")
        json.object("properties") { json in
            for member in members {
                json.key(member.name)
                member.schema.write(&json)
            }
        }
        let required = members.filter(\.isRequired).map(\.name)
        if !required.isEmpty { json.array("required", required) }
    }
}
