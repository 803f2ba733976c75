internal import Detectors
internal import JSONText

/// The report as one file that opens without a network: the page, its style and script, and the findings as data.
enum HTMLRenderer {
    /// Bytes of views in one file; races beyond have their words and no picture.
    static let viewBytesMax = 24 << 20

    static func render(
        _ report: RaceReport,
        views: [String: RaceView],
        differences: [String: RunDifferences],
        sources: SourceIndex
    ) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 1 << 16)
        json.object { json in
            json.key("report")
            JSONRenderer.write(report, to: &json)
            json.object("views") { json in
                let start = json.bytes.count
                for race in report.races {
                    guard json.bytes.count - start < viewBytesMax, let view = views[race.finding.id] else { continue }
                    json.key(race.finding.id)
                    JSONRenderer.write(view, to: &json)
                }
            }
            json.object("differences") { json in
                for race in report.races {
                    guard let found = differences[race.finding.id], !found.differences.isEmpty else { continue }
                    json.key(race.finding.id)
                    JSONRenderer.write(found, to: &json)
                }
            }
            json.object("sources") { json in
                for location in report.locations {
                    guard let place = sources[location: location] else { continue }
                    json.object(location) { json in
                        json.member("path", place.path)
                        json.member("line", place.line)
                        json.member("text", Printable.text(place.text.replacing("\t", with: "    "), limit: 400))
                    }
                }
            }
        }
        let findings = Phrases.count(report.count, "finding", "findings")
        let inputs = report.inputs.prefix(3).map { Printable.text($0.path) }
        let more = report.inputs.count > 3 ? " and \(report.inputs.count - 3) more" : ""
        return PageShell.file(
            data: inert(json.bytes),
            title: "\(findings) – Raceway",
            footer: "\(report.tool.name) \(report.tool.version) over \(inputs.joined(separator: ", "))\(more)"
        )
    }

    /// JSON that cannot end the element that it stands in: `<` occurs in strings only, where its escape means the same.
    private static func inert(_ json: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(json.count + json.count / 64)
        for byte in json {
            if byte == UInt8(ascii: "<") {
                result += Array("\\u003c".utf8)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
