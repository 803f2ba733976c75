import Logging
import RacewayConfiguration
import Synchronization
import Testing
import TraceStore

@testable import RacewayServer

@Suite(.timeLimit(.minutes(5))) struct AlertTests {
    /// What happened at a receiver.
    private final class Receiver: Sendable {
        struct Seen {
            var bodies: [String] = []
            var pauses: [Duration] = []
            var answers: [AlertSender.Answer]
        }

        let seen: Mutex<Seen>

        init(_ answers: [AlertSender.Answer]) { seen = Mutex(Seen(answers: answers)) }

        func take(_ alert: Alert) -> AlertSender.Answer {
            seen.withLock { seen in
                seen.bodies.append(alert.id)
                return seen.answers.isEmpty ? .status(200) : seen.answers.removeFirst()
            }
        }

        func sender(retriesMax: Int = 3) -> AlertSender {
            AlertSender(retriesMax: retriesMax, logger: TestServer.silent) { [self] pause in
                seen.withLock { $0.pauses.append(pause) }
            } post: { [self] alert in
                take(alert)
            }
        }
    }

    private static func alert(_ name: String) -> Alert {
        Alert(id: "i-\(name)", body: [])
    }

    /// Sends alerts until as many as were offered are delivered or given up.
    private static func run(_ sender: AlertSender, _ names: [String]) async throws {
        for name in names { sender.offer(alert(name)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await sender.run() }
            group.addTask {
                while sender.figures.delivered + sender.figures.failed < names.count { await Task.yield() }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    @Test func `an alert is sent again with growing pauses while that may help`() async throws {
        let receiver = Receiver([.none("away"), .status(503), .status(429), .status(204)])
        let sender = receiver.sender()
        try await Self.run(sender, ["a", "b"])
        receiver.seen.withLock { seen in
            #expect(seen.bodies == ["i-a", "i-a", "i-a", "i-a", "i-b"])
            #expect(seen.pauses == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
        }
        #expect(sender.figures.delivered == 2)
        #expect(sender.figures.retries == 3)
    }

    @Test(arguments: [301, 400, 401, 404, 410]) func `what a receiver refuses is not sent again`(
        status: Int
    ) async throws {
        let receiver = Receiver([.status(status)])
        let sender = receiver.sender()
        try await Self.run(sender, ["a", "b"])
        #expect(receiver.seen.withLock { $0.bodies } == ["i-a", "i-b"])
        #expect(sender.figures.failed == 1)
        #expect(sender.figures.delivered == 1)
    }

    @Test func `an alert is given up after the attempts that were allowed`() async throws {
        let receiver = Receiver(Array(repeating: .status(500), count: 3))
        let sender = receiver.sender(retriesMax: 2)
        try await Self.run(sender, ["a", "b"])
        #expect(receiver.seen.withLock { $0.bodies } == ["i-a", "i-a", "i-a", "i-b"])
        #expect(sender.figures.failed == 1)
    }

    @Test func `more than the queue holds is counted and nobody waits`() {
        let sender = Receiver([]).sender()
        for number in 0..<(AlertSender.waitingMax + 7) { sender.offer(Self.alert("\(number)")) }
        #expect(sender.figures.waiting == AlertSender.waitingMax)
        #expect(sender.figures.dropped == 7)
    }

    @Test func `a body is signed with its time`() {
        // HMAC-SHA256 by another implementation (Python's hmac).
        let signature = Alert.signature(of: Array("{}".utf8), seconds: 1_700_000_000, secret: "key")
        #expect(signature == "9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae")
    }

    @Test(arguments: [
        ("https://hooks.example.org", "hooks.example.org", 443, "/"),
        ("https://hooks.example.org:8443/a/b?c=d", "hooks.example.org:8443", 8_443, "/a/b?c=d"),
        ("http://127.0.0.1:80?x", "127.0.0.1", 80, "/?x"), ("http://[::1]:9000/x", "[::1]:9000", 9_000, "/x"),
        ("http://[::1]", "[::1]", 80, "/"),
    ]) func `addresses are taken apart`(text: String, authority: String, port: Int, target: String) throws {
        let address = try WebhookAddress(text)
        #expect(address.authority == authority)
        #expect(address.port == port)
        #expect(address.target == target)
    }

    @Test(arguments: [
        "", "hooks.example.org", "ftp://x", "https://", "http://host:0", "http://host:port/",
        "http://user:hunter2@host/",
        "http://host/ x", "http://ho\u{0}st/",
    ]) func `wrong addresses are told without repeating them`(text: String) {
        let error = #expect(throws: WebhookAddress.Wrong.self) { try WebhookAddress(text) }
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.description.contains("expected http") == true)
    }

    @Test func `an analysis is due after a pause, after growth, and at the latest after ten pauses`() {
        var trigger = AnalysisTrigger(regrowthPercent: 50)
        func counts(_ revision: UInt64, _ events: Int) -> StoreCounts {
            var counts = StoreCounts()
            (counts.revision, counts.events) = (revision, events)
            return counts
        }
        func isDue(_ revision: UInt64, _ events: Int) -> Bool { trigger.isDue(counts(revision, events)) }
        #expect(!isDue(0, 0))
        #expect(!isDue(1, 100))
        #expect(isDue(1, 100))
        trigger.note(counts(1, 100))
        #expect(!isDue(1, 100))
        #expect(!isDue(2, 149))
        #expect(isDue(3, 150))
        trigger.note(counts(3, 150))
        for pause in 1..<AnalysisTrigger.pausesMax { #expect(!isDue(3 + UInt64(pause), 151)) }
        #expect(isDue(90, 151))
    }
}
