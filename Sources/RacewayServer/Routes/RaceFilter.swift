import Detectors
import HTTPTypes
import JSONText
import TraceFormats
import TraceStore

/// Which races `/api/races` lists.
struct RaceFilter {
    private let text: String?
    private let states: Set<FindingState.Kind>?
    private let grades: Set<Grade>?
    private let service: String?
    private let since: Int64?

    /// Reads `q`, `state`, `grade`, `service`, `since` and `group`; `state` and `grade` are lists with commas.
    init(_ request: borrowing RouteRequest) throws(RequestFailure) {
        text = try request.text("q")?.lowercased()
        service = try request.text("service")
        states = try FindingFilter.list("state", request) { FindingState.kind($0) }
        grades = try FindingFilter.list("grade", request) { Grade(rawValue: $0) }
        if let since = try request.text("since") {
            guard let moment = Timestamp.parse(since) else {
                throw RequestFailure(
                    .badRequest,
                    "since must be an RFC 3339 time with a zone from 1677-09-22 to 2262-04-10, such as 2026-01-31T12:00:00Z",
                    field: "since"
                )
            }
            self.since = moment
        } else {
            since = nil
        }
        if let group = try request.text("group"), group != "pair" {
            throw RequestFailure(.badRequest, "group must be pair", field: "group")
        }
    }

    /// Whether a race is listed, given what was decided about it.
    func matches(_ finding: RaceFinding, state: FindingState?) -> Bool {
        if let states, !states.contains(state?.kind ?? .open) { return false }
        if let grades, !grades.contains(finding.grade) { return false }
        if let since, finding.lastSeen < since { return false }
        if let service, finding.first.service != service, finding.second.service != service { return false }
        guard let text else { return true }
        return [
            finding.id, finding.object.name, finding.object.scope, finding.pattern.rawValue, finding.first.location,
            finding.second.location, finding.first.service, finding.second.service,
        ].contains { $0.lowercased().contains(text) }
    }
}

/// A race's place in the list: manifested first, then newest, then by id. New races never shift a page already seen.
struct RaceCursor: Comparable {
    private let rank: Int
    private let lastSeen: Int64
    private let id: String

    init(_ finding: RaceFinding) {
        rank = Grade.allCases.firstIndex(of: finding.grade) ?? 0
        lastSeen = finding.lastSeen
        id = finding.id
    }

    /// Reads what ``text`` wrote.
    init(_ text: String) throws(RequestFailure) {
        let parts = text.split(separator: ".", maxSplits: 2).map(String.init)
        guard parts.count == 3, let rank = Int(parts[0]), let lastSeen = Int64(parts[1]) else {
            throw RequestFailure.wrongCursor
        }
        self.rank = rank
        self.lastSeen = lastSeen
        id = parts[2]
    }

    /// Opaque to clients.
    var text: String { "\(rank).\(lastSeen).\(id)" }

    static func < (a: RaceCursor, b: RaceCursor) -> Bool {
        if a.rank != b.rank { return a.rank > b.rank }
        if a.lastSeen != b.lastSeen { return a.lastSeen > b.lastSeen }
        return a.id < b.id
    }
}
