import Foundation
import Testing
import TraceFormats
import TraceModel

@Suite(.enabled(if: Corpora.isPresent)) struct RacewayCorpusTests {
    @Test func `every recording of an SDK decodes without a reject`() throws {
        let files = Corpora.files("raceway/recordings", suffix: ".json")
        try #require(files.count == 4)
        for file in files {
            let document = try TraceReader.read(Corpora.bytes(file), name: file.lastPathComponent)
            #expect(document.skipped == 0, "\(file.lastPathComponent): \(document.problems)")
            let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
            #expect(document.batch.count == json?["event_count"] as? Int)
        }
    }

    @Test func `the banking posts decode without a reject`() throws {
        for file in Corpora.files("raceway/banking", suffix: ".json") {
            let document = try TraceReader.read(Corpora.bytes(file), name: file.lastPathComponent)
            #expect(document.skipped == 0)
            #expect(document.batch.operations.contains(.write))
        }
    }

    @Test func `posted batches and exported traces of the golden cases decode without a reject`() throws {
        let folders = ["fixture", "rec_python-banking-01", "rec_typescript-all-01"]
        for folder in folders {
            for file in Corpora.files("raceway/golden/\(folder)", suffix: ".json") {
                let name = file.lastPathComponent
                let isExport = name.wholeMatch(of: /api_traces_[0-9a-f-]{36}\.json/) != nil
                guard name == "_posted.json" || isExport else { continue }
                let document = try TraceReader.read(Corpora.bytes(file), name: name)
                #expect(document.skipped == 0, "\(folder)/\(name): \(document.problems)")
                #expect(document.batch.count > 0)
            }
        }
    }
}
