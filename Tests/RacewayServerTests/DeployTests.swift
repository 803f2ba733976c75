import Foundation
import RacewayConfiguration
import Testing

@testable import RacewayServer

/// What the files under `deploy/` say of the program is true of it.
struct DeployTests {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let files = [
        "README.md", "SECURITY.md", "Dockerfile", "compose.yaml", "systemd/raceway.service",
    ]

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: package.appending(path: path), encoding: .utf8)
    }

    /// Words of letters, digits and some more characters.
    private static func words(_ text: String, _ more: String) -> [String] {
        let parts: [Substring] = text.split { !($0.isLetter || $0.isNumber || more.contains($0)) }
        return parts.map(String.init)
    }

    /// What stands between two backticks.
    private static func quoted(_ text: String) -> [Substring] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map(
            \.element
        )
    }

    @Test(arguments: files) func `every key and every variable that is named exists`(file: String) throws {
        let text = try Self.text("deploy/" + file)
        let keys = Set(ConfigurationKey.all.map(\.path))
        let tables = Set(keys.compactMap { $0.split(separator: ".").first.map(String.init) })
        for word in Self.words(text, "._") {
            let parts = word.split(separator: ".")
            guard parts.count > 1, let table = parts.first.map(String.init), tables.contains(table) else { continue }
            let path = parts.joined(separator: ".")
            // A table, a key, or a file whose name begins like a table.
            let isKnown = keys.contains(path) || keys.contains { $0.hasPrefix(path + ".") }
            let isFile = ["pem", "key", "toml", "local", "internal"].contains(String(parts[parts.count - 1]))
            #expect(isKnown || isFile, "\(path)")
        }
        // Those of commands, and what compose and the profiles hand on by a name of their own.
        let others: Set = [
            "RACEWAY_SERVER", "RACEWAY_CA_FILE", "RACEWAY_CLIENT_CERTIFICATE_FILE", "RACEWAY_CLIENT_KEY_FILE",
            "RACEWAY_BENCH_URL",
        ]
        let variables = Set(ConfigurationKey.all.flatMap(\.environmentNames)).union(others)
        for word in Self.words(text, "_") where word.hasPrefix("RACEWAY_") || word.hasPrefix("DATABASE") {
            #expect(variables.contains(word), "\(word)")
        }
    }

    @Test(arguments: files) func `every metric and every file that is named exists`(file: String) throws {
        let text = try Self.text("deploy/" + file)
        let known = Set(MetricFamily.all.map(\.name))
        for word in Self.words(text, "_") where word.hasPrefix("raceway_") || word.hasPrefix("process_") {
            #expect(known.contains(word), "\(word)")
        }
        for word in Self.words(text, "./-_")
        where word.hasPrefix("scripts/") || word.hasPrefix("deploy/") || word.hasPrefix("docs/") {
            let path = word.hasSuffix(".") ? String(word.dropLast()) : word
            #expect(FileManager.default.fileExists(atPath: Self.package.appending(path: path).path), "\(word)")
        }
    }

    @Test func `every row of the runbook has a symptom, a place to look and a remedy`() throws {
        let text = try Self.text("deploy/README.md")
        let runbook = try #require(text.range(of: "## Runbook")).upperBound
        let rows = text[runbook...].split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        #expect(rows.count > 10)
        for row in rows { #expect(row.split(separator: "|").count == 3, "\(row)") }
        #expect(Self.quoted(text).contains("engine.wal_max_bytes"))
    }

    @Test func `the image builds with the packages of the build and runs with their libraries`() throws {
        let dockerfile = try Self.text("deploy/Dockerfile")
        let list = try Self.text("scripts/system-packages.txt")
        let build = list.prefix(upTo: try #require(list.range(of: "# Tests and tools only")).lowerBound)
        let packages = build.split(separator: "\n").compactMap { $0.split(separator: " ").first }
        for package in packages where package.hasPrefix("lib") || package.hasPrefix("zlib") {
            let library = String(package.replacing("-dev", with: ""))
            #expect(dockerfile.contains(" " + library), "\(package) has no library at run time")
        }
        let lines = dockerfile.split(separator: "\n")
        #expect(lines.contains("RUN scripts/install-deps --build"))
        #expect(lines.contains("USER raceway"))
        #expect(lines.contains("ENTRYPOINT [\"raceway\"]"))
        #expect(dockerfile.contains("CMD [\"raceway\", \"healthcheck\"]"))
        let ignored = try Self.text(".dockerignore").split(separator: "\n")
        #expect(ignored.contains(".build*") && ignored.contains(".git"))
    }
}
