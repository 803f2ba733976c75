import FoundationEssentials
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
                .deletingLastPathComponent().appending(path: "../shared/corpora")
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

    /// A file of a corpus as a batch: STD or ops JSONL, by its name.
    static func batch(_ folder: URL, _ file: String) throws -> EventBatch {
        let text = String(decoding: try Data(contentsOf: folder.appending(path: file)), as: UTF8.self)
        let builder = TraceBuilder()
        for line in text.split(separator: "\n") {
            if file.hasSuffix(".std") { addSTD(line, to: builder) } else { try addOps(line, to: builder) }
        }
        return builder.batch
    }

    private static func addSTD(_ line: Substring, to builder: TraceBuilder) {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        guard fields.count >= 2, let open = fields[1].firstIndex(of: "("), fields[1].hasSuffix(")") else { return }
        let argument = String(fields[1][fields[1].index(after: open)...].dropLast())
        let location = fields.count > 2 ? String(fields[2]) : ""
        let operation: Operation =
            switch fields[1][..<open] {
            case "r": .read
            case "w": .write
            case "acq": .lockAcquire
            case "rel": .lockRelease
            case "fork": .fork
            case "join": .join
            default: .none
            }
        // Some traces of the corpus name forked tasks without their letter.
        let isTask = operation == .fork || operation == .join
        let named = isTask && !argument.hasPrefix("T") ? "T" + argument : argument
        builder.add(String(fields[0]), operation, named, at: location)
    }

    private struct OpsLine: Decodable {
        var op: String
        var t: Int
        var u: Int?
        var s: String?
        var x: String?
        var pc: String?
        var loc: String?
    }

    private static func addOps(_ line: Substring, to builder: TraceBuilder) throws {
        let entry = try JSONDecoder().decode(OpsLine.self, from: Data(line.utf8))
        let task = String(entry.t)
        let location = entry.loc ?? entry.pc ?? ""
        switch entry.op {
        case "fork": builder.add(task, .fork, String(entry.u ?? -1), at: location)
        case "join": builder.add(task, .join, String(entry.u ?? -1), at: location)
        case "end": builder.add(task, .taskEnd, "", at: location)
        case "acq": builder.add(task, .acquire, entry.s ?? "", at: location)
        case "rel": builder.add(task, .release, entry.s ?? "", at: location)
        case "relm": builder.add(task, .releaseMerge, entry.s ?? "", at: location)
        case "relacq": builder.add(task, .swap, entry.s ?? "", at: location)
        case "acqrel": builder.add(task, .acquireRelease, entry.s ?? "", at: location)
        case "acqall": builder.add(task, .acquireAll, "", at: location)
        case "lock", "rdlock":
            builder.add(task, .lockAcquire, entry.s ?? "", shared: entry.op == "rdlock", at: location)
        case "unlock", "rdunlock":
            builder.add(task, .lockRelease, entry.s ?? "", shared: entry.op == "rdunlock", at: location)
        case "r": builder.add(task, .read, entry.x ?? "", at: location)
        case "w": builder.add(task, .write, entry.x ?? "", at: location)
        case "ar": builder.add(task, .atomicRead, entry.x ?? "", at: location)
        case "aw": builder.add(task, .atomicWrite, entry.x ?? "", at: location)
        default: builder.add(task, .none, "", at: location)
        }
    }
}
