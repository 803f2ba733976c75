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

@Suite(.enabled(if: Corpora.isPresent)) struct GoldenShapeTests {
    @Test(arguments: ["fixture", "rec_python-banking-01", "rec_typescript-all-01"])
    func `what was posted is written as the reference server answers it`(folder: String) throws {
        let files = Corpora.files("raceway/golden/\(folder)", suffix: ".json")
        let posted = try #require(files.first { $0.lastPathComponent == "_posted.json" })
        let batch = try TraceReader.read(Corpora.bytes(posted), name: "posted").batch
        let body = try #require(try json(Data(RacewayJSONWriter.body(of: batch))) as? [String: [NSDictionary]])
        let written = Dictionary(uniqueKeysWithValues: (body["events"] ?? []).map { ($0["id"] as? String, $0) })
        var compared = 0
        for file in files where file.lastPathComponent.wholeMatch(of: /api_traces_[0-9a-f-]{36}\.json/) != nil {
            let answer = try json(Data(contentsOf: file)) as? [String: Any]
            let data = (answer?["body"] as? [String: Any])?["data"] as? [String: Any]
            for event in try #require(data?["events"] as? [NSDictionary]) {
                #expect(written[event["id"] as? String] == event)
                compared += 1
            }
        }
        #expect(compared > 0)
    }

    private func json(_ data: Data) throws -> Any { try JSONSerialization.jsonObject(with: data) }
}
