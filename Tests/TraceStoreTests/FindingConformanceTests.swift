import Testing
import TraceModel
import TraceStore

enum FindingSample {
    static func row(
        _ group: Int,
        id: String = "instance",
        kind: String = "race",
        grade: String = "manifested",
        severity: String = "critical",
        object: String = "account",
        moment: Int64
    ) -> FindingRow {
        FindingRow(
            id: id,
            fingerprint: "group-\(group)",
            kind: kind,
            grade: grade,
            severity: severity,
            object: object,
            moment: moment,
            document: Array("{\"moment\":\(moment)}".utf8)
        )
    }
}

/// Findings and the decisions about them.
@Suite struct FindingConformanceTests {
    @Test(arguments: StoreKind.durable)
    func `findings are grouped over traces and a new analysis replaces the old one`(kind: StoreKind) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            try await store.record(
                [FindingSample.row(1, moment: 10), FindingSample.row(1, moment: 12), FindingSample.row(2, moment: 11)],
                of: Sample.trace(1)
            )
            try await store.record([FindingSample.row(1, moment: 5)], of: Sample.trace(2))
            var page = try await store.findingGroups(FindingQuery())
            #expect(page.total == 2)
            #expect(page.groups.map(\.latest.fingerprint) == ["group-1", "group-2"])
            #expect(page.groups.map(\.instances) == [3, 1])
            #expect(page.groups.map(\.traces) == [2, 1])
            #expect(page.groups[0].firstSeen == 5)
            #expect(page.groups[0].lastSeen == 12)
            #expect(page.groups[0].latest == FindingSample.row(1, moment: 12))
            #expect(page.groups[0].latestTrace == Sample.trace(1))
            for _ in 0..<2 { try await store.record([FindingSample.row(2, moment: 20)], of: Sample.trace(1)) }
            page = try await store.findingGroups(FindingQuery())
            #expect(page.groups.map(\.latest.fingerprint) == ["group-2", "group-1"])
            #expect(page.groups.map(\.instances) == [1, 1])
            #expect(page.groups.map(\.traces) == [1, 1])
            #expect(page.groups[1].latestTrace == Sample.trace(2))
            try await store.record([], of: Sample.trace(1))
            try await store.record([], of: Sample.trace(2))
            #expect(try await store.findingGroups(FindingQuery()).total == 0)
        }
    }

    @Test(arguments: StoreKind.durable)
    func `groups are filtered and paged`(kind: StoreKind) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            for number in 1...6 {
                try await store.record(
                    [
                        FindingSample.row(
                            number,
                            kind: number % 2 == 0 ? "race" : "deadlock",
                            grade: number < 3 ? "candidate" : "manifested",
                            severity: number == 6 ? "info" : "critical",
                            object: "object \(number)\u{0}",
                            moment: Int64(number)
                        )
                    ],
                    of: Sample.trace(number)
                )
            }
            func groups(_ query: FindingQuery) async throws -> [String] {
                try await store.findingGroups(query).groups.map { String($0.latest.fingerprint.dropFirst(6)) }
            }
            #expect(try await groups(FindingQuery()) == ["6", "5", "4", "3", "2", "1"])
            #expect(try await groups(FindingQuery(offset: 1, limit: 2)) == ["5", "4"])
            #expect(try await groups(FindingQuery(offset: 9, limit: 2)).isEmpty)
            #expect(try await groups(FindingQuery(kinds: ["race"])) == ["6", "4", "2"])
            #expect(try await groups(FindingQuery(kinds: ["race", "deadlock"], grades: ["candidate"])) == ["2", "1"])
            #expect(try await groups(FindingQuery(severities: ["info"])) == ["6"])
            #expect(try await groups(FindingQuery(object: "ect 3")) == ["3"])
            #expect(try await groups(FindingQuery(object: "4\u{0}")) == ["4"])
            #expect(try await groups(FindingQuery(since: 5)) == ["6", "5"])
            #expect(try await store.findingGroups(FindingQuery(limit: 2, kinds: ["race"])).total == 3)
        }
    }

    @Test(arguments: StoreKind.durable)
    func `a decision about a group stays until it expires`(kind: StoreKind) async throws {
        try await kind.withPlace { (place: StorePlace) async throws in
            let store = try await place.open()
            for number in 1...3 {
                try await store.record([FindingSample.row(number, moment: Int64(number))], of: Sample.trace(number))
            }
            #expect(try await store.setState(FindingState(.muted), ofGroup: "group-9") == false)
            #expect(try await store.setState(FindingState(.muted), ofGroup: "group\u{0}") == false)
            let muted = FindingState(.muted, reason: "known\u{0}", expires: .max)
            #expect(try await store.setState(muted, ofGroup: "group-1"))
            #expect(try await store.setState(FindingState(.acknowledged, expires: 1), ofGroup: "group-2"))
            await store.close()
            let again = try await place.open()
            try await again.record([FindingSample.row(1, moment: 50)], of: Sample.trace(1))
            let page = try await again.findingGroups(FindingQuery())
            #expect(page.groups.map(\.state) == [muted, FindingState(), FindingState()])
            let open = try await again.findingGroups(FindingQuery(states: [.open]))
            #expect(open.groups.map(\.latest.fingerprint) == ["group-3", "group-2"])
            #expect(try await again.findingGroups(FindingQuery(states: [.muted, .resolved])).total == 1)
            #expect(try await again.setState(FindingState(), ofGroup: "group-1"))
            #expect(try await again.findingGroups(FindingQuery(states: [.open])).total == 3)
            await again.close()
        }
    }

    @Test(arguments: StoreKind.durable)
    func `the face of a group whose traces are forgotten stays until a newer instance comes`(
        kind: StoreKind
    ) async throws {
        try await kind.withDurable { (store: StorePlace.Store) async throws in
            try await store.append(Sample.batch(trace: 1, events: [1]))
            try await store.record([FindingSample.row(1, moment: 9)], of: Sample.trace(1))
            try await store.forget(tracesBefore: .max, withRacesBefore: .max)
            try await store.record([FindingSample.row(1, moment: 8)], of: Sample.trace(2))
            var group = try #require(try await store.findingGroups(FindingQuery()).groups.first)
            #expect(group.latest.moment == 9)
            #expect(group.instances == 2)
            #expect(group.traces == 2)
            try await store.record([FindingSample.row(1, moment: 10)], of: Sample.trace(3))
            group = try #require(try await store.findingGroups(FindingQuery()).groups.first)
            #expect(group.latestTrace == Sample.trace(3))
        }
    }
}
