import Foundation
import Testing
import TraceModel
import TraceFormats

@Suite(.enabled(if: Corpora.isPresent)) struct OperationCorpusTests {
    @Test(arguments: [
        ("go-race", ".jsonl"), ("tsan-lit", ".jsonl"), ("rapid-random", ".std"), ("spd-deadlock", ".std"),
        ("raceinjector", ".std"),
    ])
    func `every trace is read without a skip`(folder: String, suffix: String) throws {
        let files = Corpora.files(folder, suffix: suffix).filter { $0.lastPathComponent != "MANIFEST.jsonl" }
        try #require(!files.isEmpty)
        for file in files {
            let bytes = try Corpora.bytes(file)
            let log = try TraceReader.readOperations(bytes, name: file.lastPathComponent)
            #expect(log.skipped == 0, "\(file.lastPathComponent): \(log.problems)")
            #expect(log.count == bytes.split(separator: UInt8(ascii: "\n")).count)
        }
    }
}
