public import JSONText

extension LoadedConfiguration {
    /// One key as a JSON object: its value, its default, where the value comes from. Secrets are redacted.
    public func write(_ key: ConfigurationKey, to json: inout JSONWriter) {
        json.object { json in
            json.member("key", key.path)
            Self.member("value", key, key.value(in: configuration), &json)
            Self.member("default", key, key.defaultValue, &json)
            json.member("origin", origin(of: key.path).description)
        }
    }

    private static func member(
        _ name: String,
        _ key: ConfigurationKey,
        _ value: ConfigurationValue,
        _ json: inout JSONWriter
    ) {
        switch value {
        case _ where key.isSecret: json.member(name, key.shown(value))
        case .boolean(let value): json.member(name, value)
        case .integer(let value): json.member(name, value)
        case .text(let value): json.member(name, value)
        case .list(let list): json.array(name, list)
        }
    }
}
