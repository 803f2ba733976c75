import RacewayConfiguration

/// A value of a key that is not its default, in the forms of every source, and what has to be set with it.
struct Sample {
    var key: ConfigurationKey
    var value: ConfigurationValue
    var companions: [(path: String, value: ConfigurationValue)] = []

    init(_ key: ConfigurationKey) {
        self.key = key
        switch (key.kind, key.defaultValue) {
        case (.boolean, .boolean(let value)): self.value = .boolean(!value)
        case (.toggle, _): value = .text("true")
        case (.integer(let range), .integer(let number)):
            value = .integer(range.contains(number + 1) ? number + 1 : number - 1)
        case (.choice(let names, _, _), .text(let name)): value = .text(names.first { $0 != name } ?? "")
        case (.list, _): value = .list(["one", "two, \"three\""])
        default: value = .text("a \"text\" of \(key.path)")
        }
        companions = Self.companions[key.path] ?? []
    }

    /// Values that are only valid together with others.
    private static let companions: [String: [(path: String, value: ConfigurationValue)]] = [
        "server.auth_enabled": [("server.api_keys", .list(["k"]))],
        "server.tls.certificate_path": [("server.tls.private_key_path", .text("key.pem"))],
        "server.tls.private_key_path": [("server.tls.certificate_path", .text("cert.pem"))],
        "server.tls.client_ca_path": [
            ("server.tls.certificate_path", .text("cert.pem")), ("server.tls.private_key_path", .text("key.pem")),
        ],
    ]

    /// A file that sets it.
    var file: String { lines.map { "\($0.path) = \($0.value.literal)\n" }.joined() }

    /// Variables that set it.
    func environment(_ name: String) -> [String: String] {
        var result = [name: Self.text(value)]
        for (path, value) in companions {
            result[ConfigurationKey.named(path)?.environmentName ?? ""] = Self.text(value)
        }
        return result
    }

    /// Arguments of `--set` that set it.
    var assignments: [String] { lines.map { "\($0.path)=\(Self.text($0.value))" } }

    private var lines: [(path: String, value: ConfigurationValue)] { [(key.path, value)] + companions }

    private static func text(_ value: ConfigurationValue) -> String {
        switch value {
        case .text(let text): text
        default: value.literal
        }
    }
}
