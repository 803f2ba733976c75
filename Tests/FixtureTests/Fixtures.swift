import Detectors
import FoundationEssentials
import JSONText
import Reporting
import Testing
import TraceFormats
import TraceModel

/// The traces of `fixtures/`, and the report that a trace gives.
enum Fixtures {
    /// The folder of the pairs.
    static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }) + "/fixtures"

    /// The two traces of a pair.
    static let variants = ["racy", "fixed"]

    /// The pairs by name.
    static let names: [String] = {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return found.filter { FileManager.default.fileExists(atPath: "\(root)/\($0)/claims.json") }.sorted()
    }()

    /// A file of the fixtures.
    static func bytes(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else { throw Missing(path: path) }
        return [UInt8](data)
    }

    /// The events of a trace.
    static func document(_ name: String, _ variant: String) throws -> TraceDocument {
        try TraceReader.read(bytes("\(name)/\(variant).json"), name: "\(variant).json", format: .raceway)
    }

    /// The findings and what they cover, as schema 1 writes them: everything of a report but who made it, from which
    /// path, and how long that took.
    static func report(_ analysis: Analysis) -> String {
        let report = RaceReport(tool: .init(version: ""), programs: [.init(inputs: [], analysis: analysis)])
        var json = JSONWriter(indent: 2)
        json.object { json in
            json.key("coverage")
            JSONRenderer.write(report.coverage, to: &json)
            json.array("races") { json in
                for race in report.races { JSONRenderer.write(race, to: &json) }
            }
            json.array("deadlocks") { json in
                for deadlock in report.deadlocks { JSONRenderer.write(deadlock, to: &json) }
            }
            json.array("anomalies") { json in
                for anomaly in report.anomalies { JSONRenderer.write(anomaly, to: &json) }
            }
        }
        json.newline()
        return json.text
    }

    /// What a person wrote about a pair.
    static func claims(_ name: String) throws -> Claims {
        try JSONDecoder().decode(Claims.self, from: Data(bytes("\(name)/claims.json")))
    }

    /// The analysis of a batch with the detectors that the pair's claims name.
    static func analyze(_ batch: EventBatch, as name: String) throws -> Analysis {
        var options = AnalysisOptions()
        if let detect = try claims(name).detect {
            options.detectors = Set(try detect.map { try #require(AnalysisOptions.Detector(rawValue: $0)) })
        }
        return Analyzer.analyze(batch, spans: [], options: options)
    }

    /// A fixture file that is not there.
    struct Missing: Error { var path: String }
}
