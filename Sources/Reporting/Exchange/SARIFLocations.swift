import JSONText

internal import Detectors
internal import JSONText

/// Turns code locations into SARIF physical locations.
struct SARIFLocations {
    private let sources: SourceIndex
    /// The one input whose lines are its events: where an access without a code location is.
    private let lines: String?

    init(report: RaceReport, sources: SourceIndex) {
        self.sources = sources
        let only = report.inputs.count == 1 ? report.inputs.first : nil
        lines = only.flatMap { ["ops", "std"].contains($0.format) && $0.path != "-" ? $0.path : nil }
    }

    /// A `location` object as the next value.
    ///
    /// - Parameters:
    ///   - place: the code location as it was sent.
    ///   - index: the event's 1-based position, used when there is no code location.
    ///   - object: the logical location.
    ///   - id: makes the location a target of links in messages.
    ///   - message: what happens there.
    func write(
        _ place: String,
        index: Int?,
        object: String,
        id: Int? = nil,
        message: String,
        to json: inout JSONWriter
    ) {
        json.object { json in
            if let id { json.member("id", id) }
            physical(place, index: index, to: &json)
            json.array("logicalLocations") { json in
                json.object { json in
                    json.member("name", Printable.text(object))
                    json.member("kind", "object")
                }
            }
            json.object("message") { $0.member("text", message) }
        }
    }

    private func physical(_ place: String, index: Int?, to json: inout JSONWriter) {
        if let found = sources[location: place] {
            let end = found.text.utf16.count + 1
            write(
                path: found.path,
                line: found.line,
                column: found.column,
                endColumn: end,
                snippet: found.text,
                to: &json
            )
        } else if let location = CodeLocation(place) {
            write(path: location.file, line: location.line, column: location.column, to: &json)
        } else if let lines {
            write(path: lines, line: index, column: nil, to: &json)
        }
    }

    private func write(
        path: String,
        line: Int?,
        column: Int?,
        endColumn: Int? = nil,
        snippet: String? = nil,
        to json: inout JSONWriter
    ) {
        json.object("physicalLocation") { json in
            json.object("artifactLocation") { $0.member("uri", Self.uri(path)) }
            guard let line else { return }
            let start = column ?? 1
            json.object("region") { json in
                json.member("startLine", line)
                json.member("startColumn", start)
                json.member("endLine", line)
                json.member("endColumn", max(endColumn ?? 0, start + 1))
                if let snippet { json.object("snippet") { $0.member("text", snippet) } }
            }
        }
    }

    /// A relative or `file:` URI reference: everything outside RFC 3986's unreserved characters and `/` is escaped.
    static func uri(_ path: String) -> String {
        var result = path.hasPrefix("/") ? "file://" : ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "\\"):
                result += "/"
            default:
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
