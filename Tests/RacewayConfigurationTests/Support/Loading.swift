import RacewayConfiguration

/// A loader from the sources that a test names.
func load(
    file: String? = nil,
    environment: [String: String] = [:],
    set assignments: [String] = [],
    strict: Bool = false
) throws(ConfigurationError) -> LoadedConfiguration {
    var loader = ConfigurationLoader()
    if let file { loader.file = ("raceway.toml", Array(file.utf8)) }
    loader.environment = environment
    loader.assignments = assignments.map { text in
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return ConfigurationLoader.Assignment(path: parts[0], text: parts.count > 1 ? parts[1] : "")
    }
    loader.isStrict = strict
    return try loader.load()
}

/// The errors of a load that must fail; empty when it did not.
func errors(
    file: String? = nil,
    environment: [String: String] = [:],
    set assignments: [String] = [],
    strict: Bool = false
) -> [ConfigurationProblem] {
    do {
        _ = try load(file: file, environment: environment, set: assignments, strict: strict)
        return []
    } catch {
        return error.problems
    }
}
