import FoundationEssentials
import NIOHTTP1
public import PlainHTTP
import ProtocolVectors

/// Posts the bodies of the vectors to a server, and compares its answers.
public struct ServerRun: Sendable {
    private let address: PlainAddress
    private let key: String?

    /// A run against the server at an address.
    ///
    /// - Parameter key: an API key that may post events.
    public init(_ address: PlainAddress, key: String? = nil) {
        self.address = address
        self.key = key
    }

    private struct File: Decodable {
        var cases: [Case]
        var refused: [Case]
    }

    private struct Case: Decodable {
        struct Rejected: Decodable {
            var index: Int
            var code: String?
        }

        struct Expectation: Decodable {
            var kept: [JSONValue]?
            var rejected: [Rejected]?
            var status: Int?
        }

        var name: String
        var body: JSONValue?
        var text: String?
        var expect: Expectation
    }

    private struct Answer: Decodable {
        var data: String?
        var rejected: [Case.Rejected]?
    }

    /// Every body. The server keeps the events: use one that is empty and can be thrown away.
    ///
    /// - Throws: ``ConformanceError`` when nobody answers at the address.
    public func run() async throws(ConformanceError) -> ConformanceReport {
        var report = ConformanceReport(target: address.description)
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: ProtocolVectors.File.events.data) } catch {
            throw ConformanceError("the vectors cannot be read: \(error)")
        }
        for item in file.cases + file.refused {
            let answer: HTTPExchange.Answer
            do {
                let body = try item.text.map { Array($0.utf8) } ?? Array(JSONEncoder().encode(item.body))
                var head = address.post("/events", bytes: body.count)
                if let key { head.headers.add(name: "X-Raceway-Key", value: key) }
                answer = try await HTTPExchange(host: address.host, port: address.port).send(head, body: body)
            } catch {
                throw ConformanceError("\(address) does not answer")
            }
            report.cases.append(.init(group: "events", name: item.name, failures: Self.failures(item, answer)))
        }
        return report
    }

    private static func failures(_ item: Case, _ answer: HTTPExchange.Answer) -> [String] {
        let status = item.expect.status ?? 200
        guard answer.status == status else { return ["answered status \(answer.status), expected \(status)"] }
        guard status == 200 else { return [] }
        guard let said = try? JSONDecoder().decode(Answer.self, from: Data(answer.body)) else {
            return ["answered something else than README.md says"]
        }
        var failures: [String] = []
        let rejected = (said.rejected ?? []).map(\.index)
        let expected = (item.expect.rejected ?? []).map(\.index)
        if rejected != expected { failures.append("rejected \(rejected), expected \(expected)") }
        let kept = "Ingested \(item.expect.kept?.count ?? 0) events"
        if said.data != kept { failures.append("said \(said.data ?? "nothing"), expected \(kept)") }
        return failures
    }
}
