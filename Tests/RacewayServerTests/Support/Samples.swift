/// Posts after which every list of a server has something in it.
enum Samples {
    static let trace = "aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa"
    static let otherTrace = "aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaab"

    static func everything(on server: TestServer) async throws {
        try await server.post(Fixture.transfer())
        try await server.post(Fixture.transfer(trace: otherTrace))
        try await server.post(Fixture.body(crossedLocks + calls + leakedLock))
    }

    /// Two tasks that take two locks in opposite orders.
    private static var crossedLocks: [String] {
        let trace = Fixture.id(1, high: "d0000000")
        let steps: [(String, String, String)] = [
            ("one", "LockAcquire", "a"), ("one", "LockAcquire", "b"), ("one", "LockRelease", "b"),
            ("one", "LockRelease", "a"), ("two", "LockAcquire", "b"), ("two", "LockAcquire", "a"),
            ("two", "LockRelease", "a"), ("two", "LockRelease", "b"),
        ]
        let root = Fixture.event(Fixture.id(1), trace: trace, at: Fixture.time(0), kind: Fixture.call("begin"))
        var last: [String: String] = [:]
        return [root]
            + steps.enumerated().map { index, step in
                let id = Fixture.id(index + 2)
                defer { last[step.0] = id }
                return Fixture.event(
                    id,
                    trace: trace,
                    parent: last[step.0] ?? Fixture.id(1),
                    at: Fixture.time(index + 1),
                    kind: lock(step.1, step.2, at: "locks.py:\(index)"),
                    thread: step.0
                )
            }
    }

    /// A lock that nobody releases.
    private static var leakedLock: [String] {
        let trace = Fixture.id(3, high: "d0000000")
        return [
            Fixture.event(
                Fixture.id(1),
                trace: trace,
                at: Fixture.time(0),
                kind: lock("LockAcquire", "m", at: "l.py:1")
            ),
            Fixture.event(
                Fixture.id(2),
                trace: trace,
                parent: Fixture.id(1),
                at: Fixture.time(1),
                kind: #"{"TaskEnd":{"task_id":"main"}}"#
            ),
        ]
    }

    /// A service that calls another, and an object that both use.
    private static var calls: [String] {
        let trace = Fixture.id(2, high: "d0000000")
        return [
            Fixture.event(
                Fixture.id(1),
                trace: trace,
                at: Fixture.time(0),
                kind: #"{"HttpRequest":{"method":"GET","url":"/pay","headers":{},"body":null}}"#,
                service: "web",
                duration: 5_000_000,
                span: "00000000000000aa"
            ),
            Fixture.event(
                Fixture.id(2),
                trace: trace,
                parent: Fixture.id(1),
                at: Fixture.time(1),
                kind: Fixture.change("stock"),
                service: "web",
                span: "00000000000000aa",
                tags: #"{"race.scope":"global"}"#
            ),
            Fixture.event(
                Fixture.id(3),
                trace: trace,
                parent: Fixture.id(2),
                at: Fixture.time(2),
                kind: Fixture.change("stock", old: "1", new: "2"),
                service: "shop",
                duration: 1_000_000,
                span: "00000000000000bb",
                upstream: "00000000000000aa",
                tags: #"{"race.scope":"global"}"#
            ),
        ]
    }

    private static func lock(_ kind: String, _ name: String, at place: String) -> String {
        #"{"\#(kind)":{"lock_id":"\#(name)","lock_type":"Mutex","location":"\#(place)"}}"#
    }
}
