extension Configuration {
    /// A builder, for programs that embed the server.
    ///
    /// ```swift
    /// let configuration = try Configuration.builder(.highVolume)
    ///     .with(\.engine.parallelism, 4)
    ///     .with(\.storage.backend, .sqlite)
    ///     .build()
    /// ```
    public static func builder(_ profile: Profile = .none) -> Builder { Builder(profile) }

    /// Collects values and checks them together.
    public struct Builder: Sendable {
        private var configuration = Configuration()

        init(_ profile: Profile) {
            configuration.profile = profile
            for (path, value) in profile.values { ConfigurationKey.named(path)?.write(&configuration, value) }
        }

        /// Sets one value.
        public func with<Value>(_ member: WritableKeyPath<Configuration, Value>, _ value: Value) -> Builder {
            var copy = self
            copy.configuration[keyPath: member] = value
            return copy
        }

        /// The configuration.
        ///
        /// - Throws: everything that is wrong, not only the first.
        public func build() throws(ConfigurationError) -> Configuration {
            let errors = configuration.problems().filter { $0.severity == .error }.map { problem in
                var problem = problem
                problem.origin = .program
                return problem
            }
            guard errors.isEmpty else { throw ConfigurationError(problems: errors) }
            return configuration
        }
    }
}
