internal import Detectors

/// Where the code locations of a report are in the user's checkout, and what the lines say.
///
/// Senders write the path of the machine that ran the program: `/srv/app/app.py:91`. The index looks for the longest
/// ending of that path that exists under the source root, so that a report can show the line and name a path that a
/// code host understands.
public struct SourceIndex: Sendable {
    /// A location that was found.
    public struct Place: Sendable, Hashable {
        /// Relative to the source root, with `/` between components.
        public var path: String
        public var line: Int
        public var column: Int?
        /// The line itself, without its line break.
        public var text: String
    }

    private var places: [String: Place] = [:]

    /// An index of nothing: locations are shown as they were sent.
    public static let empty = SourceIndex()

    private init() {}

    /// Looks up every location that `report` shows.
    ///
    /// - Parameter read: the text of the file at a path relative to the source root, or `nil`. It is asked for each
    ///   path once and never for one with `.` or `..` components.
    public init(for report: RaceReport, read: (String) -> String?) {
        var files: [String: [Substring]?] = [:]
        func lines(of path: String) -> [Substring]? {
            if let known = files[path] { return known }
            let lines = read(path)?.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            files[path] = .some(lines)
            return lines
        }
        for location in report.locations {
            guard let parsed = CodeLocation(location), let line = parsed.line else { continue }
            let components = parsed.file.split { $0 == "/" || $0 == "\\" }.map(String.init)
            guard !components.contains("..") else { continue }
            for start in components.indices {
                let path = components[start...].filter { $0 != "." }.joined(separator: "/")
                guard !path.isEmpty, let lines = lines(of: path), line <= lines.count else { continue }
                let text = String(lines[line - 1])
                places[location] = Place(path: path, line: line, column: parsed.column, text: text)
                break
            }
        }
    }

    /// The place of a location as it was sent.
    public subscript(location location: String) -> Place? { places[location] }
}

extension RaceReport {
    /// Every code location that the report shows, without repetition, in order of appearance.
    public var locations: [String] {
        var seen: Set<String> = []
        let all =
            races.flatMap { [$0.finding.first.location, $0.finding.second.location] }
            + deadlocks.flatMap { $0.finding.cycle.map(\.location) }
        return all.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}
