import TraceModel

/// Attributes and their values.
extension OTLPJSON {
    static func attributes(_ cursor: inout JSONCursor) throws(JSONFault) -> [Attribute] {
        var found: [Attribute] = []
        try cursor.elements { cursor, _ throws(JSONFault) in
            var attribute = Attribute("", .empty)
            try cursor.members { cursor, key throws(JSONFault) in
                switch key {
                case "key": attribute.key = try cursor.textValue()
                case "value": attribute.value = try value(&cursor)
                default: try cursor.ignore()
                }
            }
            found.append(attribute)
        }
        return found
    }

    /// Nesting is bounded by the check of the whole text.
    private static func value(_ cursor: inout JSONCursor) throws(JSONFault) -> AttributeValue {
        var result = AttributeValue.empty
        try cursor.members { cursor, key throws(JSONFault) in
            let place = cursor.byteOffset
            switch key {
            case "stringValue": result = .string(try cursor.textValue())
            case "boolValue": result = .bool(try cursor.truthValue())
            case "intValue": result = .int(try cursor.integerValue())
            case "doubleValue": result = .double(try cursor.doubleValue())
            case "bytesValue":
                guard let bytes = Base64.decode(try cursor.textValue()) else {
                    throw JSONFault(.invalidValue, at: place, expected: "base64")
                }
                result = .bytes(bytes)
            case "arrayValue":
                var items: [AttributeValue] = []
                try cursor.members { cursor, key throws(JSONFault) in
                    guard key == "values" else { return try cursor.ignore() }
                    try cursor.elements { cursor, _ throws(JSONFault) in items.append(try value(&cursor)) }
                }
                result = .array(items)
            case "kvlistValue":
                var items: [Attribute] = []
                try cursor.members { cursor, key throws(JSONFault) in
                    if key == "values" { items = try attributes(&cursor) } else { try cursor.ignore() }
                }
                result = .map(items)
            default: try cursor.ignore()
            }
        }
        return result
    }
}
