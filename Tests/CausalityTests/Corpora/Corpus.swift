import Foundation
import TraceFormats
import TraceModel

/// The labelled cases of other projects, which are not part of this one: `RACEWAY_CORPORA`, or beside the checkout.
enum Corpus {
    /// The folder, or `nil` with a printed message where there is none.
    static func folder(_ name: String) -> URL? {
        let path = root.appending(path: name)
        if FileManager.default.fileExists(atPath: path.path) { return path }
        print("skipped: no corpus \(name); set RACEWAY_CORPORA to the folder that holds it")
        return nil
    }

    /// The objects of a JSON lines file.
    static func lines(_ file: URL) throws -> [[String: Any]] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
    }

    /// The events of a log of operations.
    static func operations(_ file: URL, _ format: TraceFormat) throws -> EventBatch {
        let bytes = try [UInt8](Data(contentsOf: file))
        return try TraceReader.readOperations(bytes, name: file.lastPathComponent, format: format).document().batch
    }

    /// A ShiViz log in the corpus's own form: a host is a task, its own component numbers its events, and the lines are
    /// in no order at all.
    static func shiviz(_ file: URL) throws -> [EventSpec] {
        try lines(file).enumerated().map { index, line in
            var spec = EventSpec(id: UInt64(index + 1), time: Int64(index + 1))
            spec.thread = line["host"] as? String ?? ""
            spec.kind = .logLine
            let clock = line["clock"] as? [String: Int] ?? [:]
            spec.ownClock = Int64(clock[spec.thread] ?? -1)
            spec.vector = clock.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: UInt64($0.value)) }
            return spec
        }
    }

    private static var root: URL {
        if let path = ProcessInfo.processInfo.environment["RACEWAY_CORPORA"] { return URL(filePath: path) }
        // Corpora, CausalityTests, Tests, the package: then beside it.
        let package = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        return package.deletingLastPathComponent().appending(path: "shared/corpora")
    }
}
