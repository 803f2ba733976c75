import Foundation
import TraceFormats
import TraceModel

/// The labelled cases of other projects, which are not part of this one: `RACEWAY_CORPORA`, or beside the checkout.
enum ConformanceCorpus {
    /// A file with what its corpus says about it.
    struct Case {
        var name: String
        var file: URL
        var label: [String: Any]
    }

    /// The folder, or `nil` with a printed message where there is none.
    static func folder(_ name: String) -> URL? {
        let path = root.appending(path: name)
        if FileManager.default.fileExists(atPath: path.path) { return path }
        print("skipped: no corpus \(name); set RACEWAY_CORPORA to the folder that holds it")
        return nil
    }

    /// The cases of a corpus that has a manifest, without those that it calls out of scope.
    static func cases(_ name: String) throws -> [Case] {
        guard let folder = folder(name) else { return [] }
        let manifest = try String(contentsOf: folder.appending(path: "MANIFEST.jsonl"), encoding: .utf8)
        return try manifest.split(separator: "\n").compactMap { line in
            let label = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            guard let file = label["file"] as? String, label["scope"] as? String ?? "in" == "in" else { return nil }
            return Case(name: file, file: folder.appending(path: file), label: label)
        }
    }

    /// Files below a folder whose names end so, sorted.
    static func files(below folder: URL, suffix: String) -> [URL] {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder.appending(path: $0) }
    }

    /// A log of operations.
    static func operations(_ file: URL, _ format: TraceFormat) throws -> OperationLog {
        let bytes = try [UInt8](Data(contentsOf: file))
        return try TraceReader.readOperations(bytes, name: file.lastPathComponent, format: format)
    }

    private static var root: URL {
        if let path = ProcessInfo.processInfo.environment["RACEWAY_CORPORA"] { return URL(filePath: path) }
        // Conformance, Tests, the package: then beside it.
        let package = (0..<3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        return package.deletingLastPathComponent().appending(path: "shared/corpora")
    }
}
