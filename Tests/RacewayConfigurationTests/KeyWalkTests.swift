import RacewayConfiguration
import Testing

/// Every key through every source.
@Suite struct `Every key` {
    static let paths = ConfigurationKey.all.map(\.path)

    private func key(_ path: String) throws -> ConfigurationKey { try #require(ConfigurationKey.named(path)) }

    @Test func `paths and environment names are unique`() {
        let names = ConfigurationKey.all.flatMap(\.environmentNames)
        #expect(Set(names).count == names.count)
        let paths = ConfigurationKey.all.flatMap { [$0.path] + $0.formerPaths }
        #expect(Set(paths).count == paths.count)
        #expect(ConfigurationKey.all.allSatisfy { key in !paths.contains { $0.hasPrefix(key.path + ".") } })
    }

    @Test func `every stored value has exactly one key`() {
        func leaves(_ value: Any) -> Int {
            let mirror = Mirror(reflecting: value)
            guard mirror.displayStyle == .struct, !(value is Secret) else { return 1 }
            return mirror.children.reduce(0) { $0 + leaves($1.value) }
        }
        #expect(leaves(Configuration()) == ConfigurationKey.all.count)
    }

    @Test(arguments: paths) func `has a default that is valid, and says what it does`(path: String) throws {
        let key = try key(path)
        #expect(key.summary.hasSuffix(".") && key.summary.count > 10 && !key.kind.expectation.isEmpty)
        let parsed = try load(file: "\(path) = \(key.defaultValue.literal)")
        #expect(parsed.configuration == Configuration())
        #expect(parsed.origin(of: path) != .builtIn)
    }

    @Test(arguments: paths) func `is read from a file, the environment and the command line`(path: String) throws {
        let key = try key(path)
        let sample = Sample(key)
        #expect(sample.value != key.defaultValue)
        let file = try load(file: sample.file)
        #expect(file.origin(of: path) == .file("raceway.toml", TOMLPosition(line: 1, column: path.count + 4)))
        var loads = [file, try load(set: sample.assignments)]
        for name in key.environmentNames where name != "STATE_DIRECTORY" {
            let loaded = try load(environment: sample.environment(name))
            #expect(loaded.origin(of: path) == .environment(name))
            loads.append(loaded)
        }
        #expect(loads[1].origin(of: path) == .commandLine("--set"))
        for loaded in loads {
            #expect(key.value(in: loaded.configuration) == sample.value)
            // Nothing else moved, but for what had to come along, and for what a profile brings.
            guard path != "profile" else { continue }
            let moved = ConfigurationKey.all.filter { $0.value(in: loaded.configuration) != $0.defaultValue }.map(
                \.path
            )
            #expect(Set(moved) == Set([path] + sample.companions.map(\.path)))
        }
    }

    @Test(arguments: paths) func `refuses another type with key, place and what was expected`(path: String) throws {
        let key = try key(path)
        let found = errors(file: "\n\(path) = 1979-05-27")
        #expect(found.count == 1)
        let text = try #require(found.first).description
        #expect(text.hasPrefix("raceway.toml:2:\(path.count + 4): \(path) = "), "\(text)")
        #expect(text.contains(key.kind.expectation) && text.contains("found a date or time"), "\(text)")
        #expect(text.contains("1979") != key.isSecret)
        #expect(text.contains("raceway config explain \(path)"))
    }

    @Test(arguments: paths) func `refuses what is out of range from every source`(path: String) throws {
        let key = try key(path)
        let wrong: [(toml: String, text: String)] =
            switch key.kind {
            case .integer(let range):
                [range.lowerBound - 1, range.upperBound + 1].map { (String($0), String($0)) }
                    + [("\"many\"", "many"), ("1.5", "1.5")]
            case .boolean, .toggle, .choice: [("\"perhaps\"", "perhaps")]
            case .list: [("[\"a\", \"\"]", "a,,b"), ("[1]", "[1]"), ("[\"a\\n\"]", "[\"a\\n\"]")]
            case .text(let mayBeEmpty): [("\"a\\u0007\"", "a\u{7}")] + (mayBeEmpty ? [] : [("\"\"", "")])
            }
        for (toml, text) in wrong {
            #expect(errors(file: "\(path) = \(toml)").map(\.key) == [path], "\(toml)")
            #expect(errors(set: ["\(path)=\(text)"]).map(\.key) == [path], "\(text)")
            guard !text.isEmpty else { continue }
            let found = errors(environment: [key.environmentName: text])
            #expect(found.map(\.key) == [path] && found.first?.description.contains(key.environmentName) == true)
        }
    }

    @Test func `secrets appear in no error, no listing and no dump`() throws {
        let word = "hunter2hunter2"
        let secrets = ConfigurationKey.all.filter(\.isSecret)
        #expect(secrets.count >= 7)
        for key in secrets {
            let isList = key.kind == .list
            let loaded = try load(file: "\(key.path) = \(isList ? "[\"\(word)\"]" : "\"\(word)\"")")
            #expect(loaded.configuration != Configuration())
            var dumped = ""
            dump(loaded.configuration, to: &dumped)
            let texts = [
                dumped, String(describing: loaded.configuration), String(reflecting: loaded.configuration),
                key.shown(key.value(in: loaded.configuration)), loaded.warnings.map(\.description).joined(),
            ]
            for text in texts { #expect(!text.contains(word), "\(key.path)") }
            let failed =
                errors(environment: [key.environmentName: word + "\u{1}"])
                + errors(set: ["\(key.path)=\(word)\u{1}"]) + errors(file: "\(key.path) = \"\(word)\\u0001\"")
            #expect(failed.count == 3)
            for problem in failed {
                #expect(!problem.description.contains(word) && problem.description.contains(Secret.redaction))
            }
        }
    }
}
