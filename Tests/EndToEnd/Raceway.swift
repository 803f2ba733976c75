import Foundation
import Glibc

/// The built command, run as a user runs it.
struct Raceway {
    /// What a run left behind.
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The binary that was built with these tests: it stands beside their executable.
    static let binary: URL = {
        let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return executable.deletingLastPathComponent().appendingPathComponent("raceway")
    }()

    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs to the end.
    static func run(
        _ arguments: String...,
        input: String = "",
        environment: [String: String] = [:]
    ) throws -> Outcome {
        try run(arguments, input: input, environment: environment)
    }

    static func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws -> Outcome {
        try run(program: binary, arguments, input: input, environment: environment)
    }

    /// Runs another program to the end.
    static func run(
        program: URL,
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:]
    ) throws -> Outcome {
        let folder = try Folder()
        // Files instead of pipes: a full pipe would stop the command for ever.
        try folder.write(input, to: "in")
        try folder.write("", to: "out")
        try folder.write("", to: "err")
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ["LANG": "C.UTF-8"].merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: folder.url("in"))
        process.standardOutput = try FileHandle(forWritingTo: folder.url("out"))
        process.standardError = try FileHandle(forWritingTo: folder.url("err"))
        try process.run()
        // A command that does not end on its own is a failure of its test and not of the whole run.
        let limit = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: limit)
        process.waitUntilExit()
        limit.cancel()
        return Outcome(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            output: try folder.read("out"),
            errors: try folder.read("err")
        )
    }

    /// A path below the fixtures.
    static func fixture(_ path: String) -> String { package.appendingPathComponent("fixtures/\(path)").path }
}

/// A folder that is removed when the test is done with it.
final class Folder {
    private let root: URL

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("raceway-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    var path: String { root.path }

    func url(_ name: String) -> URL { root.appendingPathComponent(name) }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let url = url(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    func read(_ name: String) throws -> String { String(decoding: try Data(contentsOf: url(name)), as: UTF8.self) }
}

/// A running `raceway serve` on a free port.
final class RunningServer {
    private let process = Process()
    private let pipe = Pipe()
    /// `http://127.0.0.1:PORT`, or https, as the server printed it.
    let address: String
    /// The same for OTLP over gRPC; empty without that listener.
    let grpc: String

    struct NoAddress: Error {
        var printed: String
    }

    convenience init(_ arguments: String...) throws { try self.init(arguments) }

    init(_ arguments: [String]) throws {
        process.executableURL = Raceway.binary
        process.arguments = ["serve", "--port", "0"] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        var printed = Data()
        // The first line comes when the server listens, and one for each further listener; an early end of the process closes the pipe.
        let lines = 1 + arguments.count { $0.hasPrefix("otlp.") && $0.hasSuffix("_enabled=true") }
        while printed.count(where: { $0 == UInt8(ascii: "\n") }) < lines {
            let piece = pipe.fileHandleForReading.availableData
            if piece.isEmpty { break }
            printed += piece
        }
        let line = String(decoding: printed, as: UTF8.self)
        guard let found = line.firstMatch(of: /https?:\/\/[0-9.]+:[0-9]+/) else {
            process.terminate()
            throw NoAddress(printed: line)
        }
        address = String(found.output)
        let call = line.firstMatch(of: /OTLP over gRPC on ([0-9.:]+)/)
        grpc = call.map { "http://" + $0.output.1 } ?? ""
    }

    /// Asks the server to end and returns its exit status.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Asks the server to read its certificates again.
    func hangUp() { Glibc.kill(process.processIdentifier, SIGHUP) }

    /// Ends the server without a warning, as a power cut would.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit { if process.isRunning { process.terminate() } }
}
