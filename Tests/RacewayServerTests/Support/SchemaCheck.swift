/// Compares answers with the schemas of `/openapi.json`: the part of JSON Schema that it uses, and stricter in one point, that an object
/// has no member which its schema does not know.
struct SchemaCheck {
    private let schemas: JSONNode

    init(document: JSONNode) {
        schemas = document["components"]["schemas"]
    }

    /// What is wrong with a value, each with its path.
    func violations(_ value: JSONNode, _ schema: JSONNode, at path: String = "$") -> [String] {
        if let name = schema["$ref"].string {
            let named = schemas[String(name.split(separator: "/").last ?? "")]
            return named == .null ? ["\(path): no schema \(name)"] : violations(value, named, at: path)
        }
        let choices = schema["anyOf"].elements
        if !choices.isEmpty {
            let each = choices.map { violations(value, $0, at: path) }
            return each.contains(where: \.isEmpty) ? [] : each.min { $0.count < $1.count } ?? []
        }
        switch schema["type"].string {
        case nil: return []
        case "string": return string(value, schema, path)
        case "integer": return integer(value, schema, path)
        case "number": return value.integer != nil || value.double != nil ? [] : ["\(path): not a number"]
        case "boolean": return value.bool == nil ? ["\(path): not a boolean"] : []
        case "null": return value == .null ? [] : ["\(path): not null"]
        case "array":
            guard case .array(let elements) = value else { return ["\(path): not an array"] }
            return elements.enumerated().flatMap { violations($1, schema["items"], at: "\(path)[\($0)]") }
        case "object": return object(value, schema, path)
        case let type?: return ["\(path): unknown type \(type)"]
        }
    }

    private func string(_ value: JSONNode, _ schema: JSONNode, _ path: String) -> [String] {
        guard let text = value.string else { return ["\(path): not a string"] }
        let allowed = schema["enum"].elements
        if !allowed.isEmpty, !allowed.contains(value) { return ["\(path): \(text) is none of the values"] }
        switch schema["format"].string {
        case "uuid": return text.utf8.count == 36 ? [] : ["\(path): \(text) is no UUID"]
        case "date-time":
            let isTime = text.contains("T") && (text.hasSuffix("Z") || text.hasSuffix("+00:00"))
            return isTime ? [] : ["\(path): \(text) is no time"]
        default: return []
        }
    }

    private func integer(_ value: JSONNode, _ schema: JSONNode, _ path: String) -> [String] {
        guard let number = value.integer else { return ["\(path): not an integer"] }
        let isWithin =
            number >= schema["minimum"].integer ?? .min && number <= schema["maximum"].integer ?? .max
        return isWithin ? [] : ["\(path): \(number) is out of bounds"]
    }

    private func object(_ value: JSONNode, _ schema: JSONNode, _ path: String) -> [String] {
        guard case .object(let members) = value else { return ["\(path): not an object"] }
        var found: [String] = []
        for name in schema["required"].elements.compactMap(\.string) where !value.keys.contains(name) {
            found.append("\(path): no \(name)")
        }
        let properties = schema["properties"]
        let others = schema["additionalProperties"]
        for member in members {
            let place = path + "." + member.key
            if properties.keys.contains(member.key) {
                found += violations(member.value, properties[member.key], at: place)
            } else if schema.keys.contains("additionalProperties") {
                found += violations(member.value, others, at: place)
            } else {
                found.append("\(place): not declared")
            }
        }
        return found
    }
}
