import JSONText

extension ConfigurationKey {
    /// The key that chooses a profile; read before all others.
    static let profileKey = ConfigurationKey.choice("profile", \.profile, .own, "Bundle of defaults to start from.")

    /// Every key, in the order of the documentation.
    public static let all: [ConfigurationKey] =
        [profileKey] + listeningKeys + accessKeys + limitKeys + otlpKeys + storageKeys + postgresKeys + engineKeys
        + checkpointKeys + retentionKeys + cacheKeys + analysisKeys + observingKeys

    private static let byPath: [String: ConfigurationKey] = {
        var keys: [String: ConfigurationKey] = [:]
        for key in all { for path in [key.path] + key.formerPaths { keys[path] = key } }
        return keys
    }()

    /// The key with that path, or that once had it.
    public static func named(_ path: String) -> ConfigurationKey? { byPath[path] }

    /// The key or table that was probably meant.
    public static func nearest(to path: String) -> String? {
        let paths = all.map(\.path)
        // The same name in another table is the more likely slip than a similar path.
        let name = path.split(separator: ".").last.map(String.init) ?? path
        let namesakes = paths.filter { $0.hasSuffix("." + name) }
        return namesakes.count == 1 ? namesakes[0] : EditDistance.nearest(to: path, among: paths + tables.sorted())
    }

    /// True when keys lie below that path, so that it is a table.
    static func isTable(_ path: String) -> Bool { tables.contains(path) }

    private static let tables: Set<String> = {
        var tables: Set<String> = []
        for path in byPath.keys {
            let parts = path.split(separator: ".")
            for count in 1..<max(1, parts.count) { tables.insert(parts.prefix(count).joined(separator: ".")) }
        }
        return tables
    }()
}
