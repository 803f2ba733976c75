import Foundation
import Testing

/// A terminal that a test can type into, look at and resize: tmux with a server of its own.
final class TestTerminal {
    static let program = ["/usr/bin/tmux", "/usr/local/bin/tmux"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let name = "raceway-\(UUID().uuidString)"
    private let folder: Folder

    /// Runs the command; `ended STATUS` and the terminal's modes are printed when it is over.
    init(_ arguments: [String], width: Int = 90, height: Int = 20, environment: [String: String] = [:]) throws {
        folder = try Folder()
        let settings = environment.map { "\($0.key)='\($0.value)' " }.sorted().joined()
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        // A shell that hears SIGINT too must live to print what became of the command.
        let script = """
            trap : INT
            echo before
            stty -a | tr ' ;' '\\n\\n' | grep -x -e '-*icanon' -e '-*echo' -e '-*isig' | sort > modes-before
            \(settings)'\(Raceway.binary.path)' \(words)
            echo "ended $?"
            stty -a | tr ' ;' '\\n\\n' | grep -x -e '-*icanon' -e '-*echo' -e '-*isig' | sort > modes-after
            cmp modes-before modes-after && echo modes restored
            cat
            """
        try folder.write(script, to: "script.sh")
        try tmux(
            "new-session",
            "-d",
            "-s",
            "t",
            "-x",
            String(width),
            "-y",
            String(height),
            "-c",
            folder.path,
            "sh script.sh"
        )
    }

    deinit { _ = try? tmux("kill-server") }

    func type(_ keys: String...) throws { try tmux(["send-keys", "-t", "t"] + keys) }

    func resize(width: Int, height: Int) throws {
        try tmux("resize-window", "-t", "t", "-x", String(width), "-y", String(height))
    }

    /// The lines in sight.
    var lines: [String] {
        get throws {
            try tmux("capture-pane", "-p", "-t", "t").split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init
            )
        }
    }

    /// Process ids of `raceway` below the shell.
    var commands: [Int32] {
        get throws {
            let shell = try tmux("list-panes", "-t", "t", "-F", "#{pane_pid}").split(separator: "\n").first ?? ""
            let path = "/proc/\(shell)/task/\(shell)/children"
            return try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").compactMap { Int32($0) }
        }
    }

    /// Waits until the screen says something; the test fails with what it said instead.
    func wait(for text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for _ in 0..<400 {
            if try lines.contains(where: { $0.contains(text) }) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record(
            "the screen never said '\(text)':\n\(try lines.joined(separator: "\n"))",
            sourceLocation: sourceLocation
        )
    }

    @discardableResult
    private func tmux(_ arguments: String...) throws -> String { try tmux(arguments) }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        let program = try #require(Self.program)
        let outcome = try Raceway.run(
            program: URL(fileURLWithPath: program),
            ["-L", name, "-f", "/dev/null"] + arguments,
            environment: ["TERM": "screen-256color", "PATH": "/usr/bin:/bin"]
        )
        guard outcome.status == 0 else { throw Failure(arguments: arguments, said: outcome.errors) }
        return outcome.output
    }

    struct Failure: Error {
        var arguments: [String]
        var said: String
    }
}
