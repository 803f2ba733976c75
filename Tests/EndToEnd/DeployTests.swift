import Foundation
import Testing

/// The files under `deploy/`, as far as the command can judge them.
@Suite struct `Files for operators` {
    private static let deploy = Raceway.package.appendingPathComponent("deploy")

    @Test(arguments: [
        "development", "high-volume", "low-latency", "memory-constrained", "production", "testing",
    ])
    func `a profile is a usable configuration under its own name`(name: String) throws {
        let file = Self.deploy.appendingPathComponent("profiles/\(name).toml").path
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let environment = ["RACEWAY_KEY": "ingest-key-of-a-test", "DATABASE_URL": "host=/nowhere password=hunter2"]
            .filter { text.contains("${\($0.key)}") }
        let check = try Raceway.run(["config", "check", "--strict", "--config", file], environment: environment)
        #expect(check.status == 0, "\(check.errors)")
        #expect(check.errors.isEmpty)
        let shown = try Raceway.run(["config", "show", "--config", file], environment: environment)
        #expect(shown.output.contains("profile = \"\(name)\""))
        #expect(!shown.output.contains("hunter2") && !shown.output.contains("ingest-key-of-a-test"))
        // Without what it takes from outside it is refused by name, never started with half of it.
        for variable in environment.keys {
            let without = environment.filter { $0.key != variable }
            let outcome = try Raceway.run(["serve", "--config", file], environment: without)
            #expect(outcome.status == 78)
            #expect(outcome.errors.contains(variable), "\(outcome.errors)")
        }
    }

    @Test func `every profile has a file`() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Self.deploy.appendingPathComponent("profiles").path
        )
        #expect(files.count == 6)
    }

    @Test func `commands of the image, of compose and of the unit exist`() throws {
        let help = try Raceway.run("--help").output
        for command in ["serve", "healthcheck", "config", "doctor", "migrate", "checkpoint", "estimate", "loadgen"] {
            #expect(help.contains("  \(command) "), "\(command)")
        }
        let production = try Raceway.run(
            ["config", "check", "--strict", "--profile", "production"],
            environment: [
                "DATABASE_URL": "postgresql://raceway:x@postgres:5432/raceway", "RACEWAY_KEY": "a-key-for-compose",
            ]
        )
        #expect(production.status == 0, "\(production.errors)")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")))
    func `the unit is one that systemd reads without a complaint`() throws {
        let folder = try Folder()
        let unit = try String(
            contentsOf: Self.deploy.appendingPathComponent("systemd/raceway.service"),
            encoding: .utf8
        )
        // The binary of this build stands in for the installed one.
        let path = try folder.write(
            unit.replacingOccurrences(of: "/usr/local/bin/raceway", with: Raceway.binary.path),
            to: "raceway.service"
        )
        let outcome = try Raceway.run(
            program: URL(fileURLWithPath: "/usr/bin/systemd-analyze"),
            ["verify", "--man=no", path]
        )
        #expect(!outcome.errors.contains("raceway.service:"), "\(outcome.errors)")
        #expect(outcome.status == 0, "\(outcome.errors)")
    }
}
