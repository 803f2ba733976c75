public import JSONText

/// What an implementation did with the vectors.
public struct ConformanceReport: Sendable {
    /// One case.
    public struct Case: Sendable {
        /// The file of vectors.
        public var group: String
        public var name: String
        /// What was wrong, each in one line; empty when nothing was.
        public var failures: [String]
    }

    /// The address that was asked.
    public var target: String
    public var cases: [Case] = []

    /// Cases with a failure.
    public var failed: [Case] { cases.filter { !$0.failures.isEmpty } }

    /// A line for every failed case and its reasons, and one that counts.
    public var text: String {
        var lines: [String] = []
        for item in failed {
            lines.append("failed \(item.group): \(Printable.text(item.name))")
            lines += item.failures.map { "  \(Printable.text($0, limit: 500))" }
        }
        let counts = Dictionary(grouping: cases, by: \.group).map { group, cases in
            "\(group) \(cases.count { $0.failures.isEmpty })/\(cases.count)"
        }
        lines.append(
            "\(target): \(cases.count - failed.count) of \(cases.count) (\(counts.sorted().joined(separator: ", ")))"
        )
        return lines.joined(separator: "\n")
    }

    /// The report as a member of a JSON array.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("target", target)
            json.member("passed", cases.count - failed.count)
            json.member("failed", failed.count)
            json.array("cases") { json in
                for item in cases {
                    json.object { json in
                        json.member("group", item.group)
                        json.member("name", item.name)
                        json.array("failures", item.failures)
                    }
                }
            }
        }
    }
}

/// Nothing could be checked.
public struct ConformanceError: Error, Sendable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
