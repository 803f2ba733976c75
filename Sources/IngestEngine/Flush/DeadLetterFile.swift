import JSONText
import Synchronization
import TraceModel

/// Events that the store will never take, one JSON object a line, with the reason.
final class DeadLetterFile: Sendable {
    static let name = "deadletter.jsonl"

    private let directory: (any LogDirectory)?
    private let bytesMax: Int
    private let state = Mutex<(file: (any LogFile)?, end: Int)>((nil, 0))

    /// - Parameter directory: `nil` keeps nothing.
    init(directory: (any LogDirectory)?, bytesMax: Int) {
        self.directory = directory
        self.bytesMax = bytesMax
    }

    /// Appends rows and makes them durable; `false` when there is no room for them.
    func append(_ batch: EventBatch, rows: some Sequence<Int>, reason: String) -> Bool {
        var bytes: [UInt8] = []
        for row in rows { bytes += Self.line(batch, row, reason: reason) }
        return state.withLock { state in
            guard let directory else { return false }
            do throws(FileFault) {
                if state.file == nil {
                    let isThere = try directory.names().contains(Self.name)
                    let file = isThere ? try directory.open(Self.name) : try directory.create(Self.name, bytes: 0)
                    state = (file, try file.size())
                    if !isThere { try directory.sync() }
                }
                guard let file = state.file, state.end + bytes.count <= bytesMax else { return false }
                let end = state.end
                try bytes.withBytes { (bytes) throws(FileFault) in try file.write(bytes, at: end) }
                try file.sync()
                state.end += bytes.count
                return true
            } catch {
                state.file = nil
                return false
            }
        }
    }

    private static func line(_ batch: EventBatch, _ row: Int, reason: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("reason", reason)
            json.member("trace_id", batch.traces[row].description)
            json.member("id", batch.ids[row].description)
            json.member("timestamp", batch.timestamps[row])
            json.member("service", batch.symbols[batch.processes[Int(batch.processIndices[row])].service])
            json.member("thread_id", batch.symbols[batch.threads[row]])
            json.member("object", batch.symbols[batch.objects[row]])
            json.member("kind", raw: batch.kindPayloads[row].isEmpty ? nil : batch.text(batch.kindPayloads[row]))
            json.member(
                "metadata",
                raw: batch.metadataPayloads[row].isEmpty ? nil : batch.text(batch.metadataPayloads[row])
            )
        }
        return json.take() + [UInt8(ascii: "\n")]
    }
}
