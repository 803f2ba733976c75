import FoundationEssentials
import NIOHTTP1
import PlainHTTP

/// The small server around an SDK, as the runner sees it.
struct Adapter: Sendable {
    let address: PlainAddress

    /// How long one request may take: retries of the SDK are part of it.
    private static let limit = Duration.seconds(90)

    /// Posts JSON and decodes the JSON of the answer.
    ///
    /// - Throws: ``ConformanceError`` when there is no answer with status 200.
    func ask<Answer: Decodable & Sendable>(
        _ path: String,
        _ question: some Encodable,
        as type: Answer.Type
    ) async throws(ConformanceError) -> Answer {
        let body = try await post(path, question)
        do { return try JSONDecoder().decode(type, from: Data(body)) } catch {
            throw ConformanceError("\(path) answered something else than conformance.md says")
        }
    }

    /// Posts JSON, and returns the body of the answer.
    func post(_ path: String, _ question: some Encodable) async throws(ConformanceError) -> [UInt8] {
        let answer: HTTPExchange.Answer
        do {
            let body = Array(try JSONEncoder().encode(question))
            let head = address.post(path, bytes: body.count)
            answer = try await Self.withinLimit { [address] in
                try await HTTPExchange(host: address.host, port: address.port).send(head, body: body)
            }
        } catch {
            throw ConformanceError("\(address)\(path) does not answer")
        }
        guard answer.status == 200 else { throw ConformanceError("\(path) answered status \(answer.status)") }
        return answer.body
    }

    private static func withinLimit<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }
}
