import JSONText
import FoundationEssentials
internal import JSONText

/// Why a baseline file cannot be used. `description` names the place and what was expected.
public struct BaselineError: Error, Sendable, CustomStringConvertible {
    public let description: String
}

extension Baseline {
    /// Reads the file's text.
    ///
    /// - Throws: when it is not JSON, of another schema, or an entry is malformed: naming the entry and the key.
    public init(json bytes: [UInt8]) throws(BaselineError) {
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw BaselineError(description: Self.explain(error))
        } catch {
            throw BaselineError(description: "cannot be decoded")
        }
        guard file.schema == Self.schema else {
            throw BaselineError(description: "\"schema\" is \(file.schema), expected \(Self.schema)")
        }
        for (index, entry) in file.findings.enumerated() {
            try Self.checkDay(entry.first_seen, "findings[\(index)].first_seen")
            if let until = entry.mute?.until { try Self.checkDay(until, "findings[\(index)].mute.until") }
        }
        self.init(
            entries: file.findings.map { entry in
                Entry(
                    fingerprint: entry.fingerprint,
                    grade: entry.grade,
                    firstSeen: entry.first_seen,
                    rule: entry.rule ?? "",
                    object: entry.object ?? "",
                    mute: entry.mute.map { Mute(reason: $0.reason, until: $0.until) }
                )
            }
        )
    }

    /// The file's text: indented, one order, so that a diff shows what changed.
    public var json: [UInt8] {
        var json = JSONWriter(indent: 2)
        json.object { json in
            json.member("schema", Self.schema)
            json.array("findings") { json in
                for entry in entries {
                    json.object { json in
                        json.member("fingerprint", entry.fingerprint)
                        json.member("grade", entry.grade)
                        json.member("first_seen", entry.firstSeen)
                        json.member("rule", entry.rule)
                        json.member("object", entry.object)
                        guard let mute = entry.mute else { return }
                        json.object("mute") { json in
                            json.member("reason", mute.reason)
                            if let until = mute.until { json.member("until", until) }
                        }
                    }
                }
            }
        }
        json.newline()
        return json.take()
    }

    // The file's own names: a decoder without key mapping keeps the shape readable here.
    private struct File: Decodable {
        var schema: Int
        var findings: [Finding]

        struct Finding: Decodable {
            var fingerprint: String
            var grade: String
            var first_seen: String
            var rule: String?
            var object: String?
            var mute: MuteText?
        }

        struct MuteText: Decodable {
            var reason: String
            var until: String?
        }
    }

    private static func checkDay(_ text: String, _ key: String) throws(BaselineError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isSpelled =
            parts.map(\.utf8.count) == [4, 2, 2] && parts.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
        let numbers = parts.compactMap { Int($0) }
        guard isSpelled, numbers.count == 3, isDay(numbers[0], numbers[1], numbers[2]) else {
            throw BaselineError(
                description:
                    "\(key) is \"\(Printable.text(text, limit: 40))\", expected a day of the calendar such as 2026-11-21"
            )
        }
    }

    private static func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        guard (1...12).contains(month) else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...lengths[month - 1]).contains(day)
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "\(path(context.codingPath)) lacks \"\(key.stringValue)\""
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            "\(path(context.codingPath)) is not a \(type)"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "is not valid JSON" : "\(path(context.codingPath)) is malformed"
        @unknown default:
            "cannot be decoded"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        guard !keys.isEmpty else { return "the file" }
        return keys.reduce("") { text, key in
            key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
        }
    }
}
