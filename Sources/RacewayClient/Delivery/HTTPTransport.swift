import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Posts bodies to a Raceway server.
public struct HTTPTransport: EventTransport {
    private let address: String
    private let headers: HTTPHeaders

    /// The longest wait for an answer.
    private static let timeout = TimeAmount.seconds(10)
    /// The most of an answer that is read: it names at most a hundred rejected events.
    private static let answerBytesMax = 1 << 20

    /// A transport to `server`, such as `http://127.0.0.1:8080` or `https://raceway.example/base`.
    ///
    /// - Parameter key: API key, sent as `X-Raceway-Key`; `nil` for a server without keys.
    public init(server: String, key: String? = nil) {
        address = (server.hasSuffix("/") ? String(server.dropLast()) : server) + "/events"
        var headers = HTTPHeaders([
            ("Content-Type", "application/json"), ("User-Agent", "raceway-client-swift"),
            // Tells a tracing proxy or middleware that this request is not the application's.
            ("X-Raceway-Internal", "true"),
        ])
        if let key { headers.add(name: "X-Raceway-Key", value: key) }
        self.headers = headers
    }

    public func deliver(_ body: [UInt8]) async throws(TransportFailure) -> TransportAnswer {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers = headers
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: Self.timeout)
            var answer = TransportAnswer(
                status: Int(response.status.code),
                retryAfter: response.headers.first(name: "Retry-After").flatMap { Int($0) }
            )
            let text = try await response.body.collect(upTo: Self.answerBytesMax)
            Self.read(Data(text.readableBytesView), into: &answer)
            return answer
        } catch {
            // The error may name the address, which may hold a password.
            throw TransportFailure("the server did not answer (\(type(of: error)))")
        }
    }

    private struct Answer: Decodable {
        struct Rejected: Decodable {
            var message: String?
        }
        var rejected: [Rejected]?
        var rejected_total: Int?
        var refused_total: Int?
        var error: String?
    }

    private static func read(_ body: Data, into answer: inout TransportAnswer) {
        guard let found = try? JSONDecoder().decode(Answer.self, from: body) else { return }
        answer.rejected = found.rejected_total ?? 0
        answer.refused = found.refused_total ?? 0
        answer.reason = found.rejected?.first?.message ?? found.error
    }
}
