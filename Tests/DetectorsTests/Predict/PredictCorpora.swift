import FoundationEssentials
import TraceFormats
import TraceModel

#if canImport(Glibc)
import Glibc
#endif

/// The labelled corpora that prediction is checked against; a test that finds none prints so and passes.
enum PredictCorpora {
    /// The folder of a corpus, or `nil` and a message when it is absent.
    static func folder(_ name: String) -> URL? {
        let root: URL
        if let text = getenv("RACEWAY_CORPORA") {
            root = URL(filePath: String(cString: text))
        } else {
            root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent().appending(path: "../shared/corpora")
        }
        let folder = root.appending(path: name)
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print("skipped: the corpus \(name) is absent")
            return nil
        }
        return folder
    }

    /// The lines of a corpus's manifest, decoded.
    static func manifest<Entry: Decodable>(_ folder: URL, as type: Entry.Type) throws -> [Entry] {
        let data = try Data(contentsOf: folder.appending(path: "MANIFEST.jsonl"))
        return try data.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(type, from: Data($0)) }
    }

    /// A file of a corpus as a batch.
    static func batch(_ folder: URL, _ file: String) throws -> EventBatch {
        try TraceReader.read([UInt8](Data(contentsOf: folder.appending(path: file))), name: file).batch
    }
}
