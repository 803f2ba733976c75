import RacewayConfiguration
import Testing

@Suite struct `Profiles and builders` {
    @Test(arguments: Profile.allCases) func `a profile names keys that exist, with valid values that differ`(
        profile: Profile
    ) {
        #expect(!profile.summary.isEmpty)
        #expect(Set(profile.values.map(\.path)).count == profile.values.count)
        for (path, value) in profile.values {
            let key = ConfigurationKey.named(path)
            #expect(key?.path == path, "\(path)")
            #expect(key?.defaultValue != value, "\(path) is the default anyway")
        }
    }

    @Test(arguments: Profile.allCases.filter { $0 != .production })
    func `a profile is usable as it is`(profile: Profile) throws {
        let loaded = try load(set: ["profile=\(profile.rawValue)"])
        #expect(loaded.warnings.isEmpty)
        #expect(try Configuration.builder(profile).build() == loaded.configuration)
    }

    @Test func `production does not start without a key and a database`() throws {
        #expect(
            errors(set: ["profile=production"]).map(\.key) == [
                "server.auth_enabled", "storage.postgres.connection_string",
            ]
        )
        let environment = [
            "RACEWAY_PROFILE": "production", "RACEWAY_KEY": "k", "DATABASE_URL": "postgres://db/raceway",
        ]
        let configuration = try load(environment: environment).configuration
        #expect(configuration.checkpointIsOn && configuration.walIsOn)
        #expect(configuration.walPath == "/var/lib/raceway/wal")
    }

    @Test func `a builder says everything that is wrong`() {
        #expect {
            try Configuration.builder().with(\.server.port, 70_000).with(\.engine.batchSize, .max)
                .with(\.server.requestTimeoutSeconds, .max).build()
        } throws: { error in
            (error as? ConfigurationError)?.problems.map(\.key)
                == ["server.port", "server.request_timeout_seconds", "engine.batch_size"]
        }
    }

    @Test func `the builder takes typed values over a profile`() throws {
        let configuration = try Configuration.builder(.highVolume).with(\.engine.parallelism, 4).build()
        #expect(configuration.engine.parallelism == 4 && configuration.engine.bufferSize == 100_000)
    }

    @Test func `derived values follow their keys`() throws {
        #expect(try load(file: "server.verbose = true").configuration.logLevel == .debug)
        #expect(try load(file: "server.verbose = true\nlogging.level = \"trace\"").configuration.logLevel == .trace)
        #expect(
            try load(file: "server.cors_origins = [\"a\"]\ndevelopment.cors_allow_all = true").configuration.corsOrigins
                == ["*"]
        )
        #expect(try load(file: "server.cors_enabled = false").configuration.corsOrigins.isEmpty)
        let sqlite = try load(file: "storage.backend = \"sqlite\"\nstorage.data_dir = \"d/\"").configuration
        #expect(sqlite.walIsOn && sqlite.checkpointIsOn && sqlite.sqlitePath == "d/raceway.db")
        #expect(sqlite.deadLetterPath == "d/deadletter" && sqlite.checkpointPath == "d/checkpoints")
        let off = try load(file: "storage.backend = \"sqlite\"\nengine.wal = false\ncheckpoint.enabled = false")
            .configuration
        #expect(!off.walIsOn && !off.checkpointIsOn)
        #expect(!Configuration().walIsOn && !Configuration().checkpointIsOn)
        #expect(Configuration().lanes(processors: 3) == 3 && Configuration().server.effectiveRateLimitBurst == 166)
    }
}
