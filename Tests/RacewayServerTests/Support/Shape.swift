/// Compares the form of two answers: members and their order, kinds of values, elements of arrays.
enum Shape {
    /// What a sender may put anything into.
    private static let free: Set<String> = ["args", "body", "headers", "tags", "old_value", "new_value"]
    /// Objects whose member names are data.
    private static let maps: Set<String> = ["audit_trails"]
    /// Members that may be null in one answer and not in another.
    private static let nullable: Set<String> = ["parent_id", "duration_ns", "upstream_span_id"]

    /// Differences, each with its path. Members that only `actual` has are allowed behind those that both have.
    static func differences(_ expected: JSONNode, _ actual: JSONNode, path: String = "$", key: String = "") -> [String]
    {
        if free.contains(key) { return [] }
        switch (expected, actual) {
        case (.object(let wanted), .object(let given)):
            if maps.contains(key) {
                guard let sample = wanted.first else { return [] }
                return given.flatMap { differences(sample.value, $0.value, path: path + "." + $0.key) }
            }
            let names = wanted.map(\.key)
            guard given.map(\.key).starts(with: names) else {
                return ["\(path): expected \(names), got \(given.map(\.key))"]
            }
            return zip(wanted, given).flatMap {
                differences($0.value, $1.value, path: path + "." + $0.key, key: $0.key)
            }
        case (.array(let wanted), .array(let given)):
            // An array inside an array is a tuple.
            if key.isEmpty, wanted.count == given.count {
                return zip(wanted, given).enumerated().flatMap { index, pair in
                    differences(pair.0, pair.1, path: "\(path)[\(index)]")
                }
            }
            // Kinds of events differ in form: compare each with those of its own kind.
            return given.enumerated().flatMap { index, element -> [String] in
                let sample = wanted.first { $0["kind"].keys == element["kind"].keys && $0.count == element.count }
                guard let sample else { return wanted.isEmpty ? [] : ["\(path)[\(index)]: nothing alike expected"] }
                return differences(sample, element, path: "\(path)[\(index)]")
            }
        default:
            let (a, b) = (kind(expected), kind(actual))
            if a == b || (nullable.contains(key) && (a == "null" || b == "null")) { return [] }
            return ["\(path): expected \(a), got \(b)"]
        }
    }

    private static func kind(_ node: JSONNode) -> String {
        switch node {
        case .null: "null"
        case .bool: "bool"
        case .integer: "integer"
        case .double: "double"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
