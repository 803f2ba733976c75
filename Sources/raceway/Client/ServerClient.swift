import FoundationEssentials
import LoadGenerator
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import PlainHTTP
import Reporting

/// Asks a running Raceway server over HTTP/1.1, one connection a request.
struct ServerClient: Sendable {
    typealias Answer = HTTPExchange.Answer

    let address: ServerAddress
    private let apiKey: String?
    let tls: ClientTLS?

    init(_ address: ServerAddress, apiKey: String? = nil, tls: ClientTLS? = nil) {
        self.address = address
        self.apiKey = apiKey
        self.tls = tls
    }

    /// The body of a successful answer.
    ///
    /// - Throws: when nobody answers, or with what the server said against the request.
    func get(_ path: String, accept: String = "application/json") async throws(CommandFailure) -> [UInt8] {
        let answer = try await send(.GET, path, headers: ["Accept": accept])
        guard answer.status == 200 else { throw refused(answer, path) }
        return answer.body
    }

    /// Decodes the JSON of a successful answer.
    func get<Value: Decodable>(_ path: String, as type: Value.Type) async throws(CommandFailure) -> Value {
        let body = try await get(path)
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw .unreachable("\(address)\(path) answered something else than a Raceway server; is the address right?")
        }
    }

    /// Posts a JSON body.
    func post(_ path: String, json body: [UInt8]) async throws(CommandFailure) -> Answer {
        let answer = try await send(.POST, path, headers: ["Content-Type": "application/json"], body: body)
        guard answer.status == 200 else { throw refused(answer, path) }
        return answer
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        headers extra: [String: String],
        body: [UInt8] = []
    ) async throws(CommandFailure) -> Answer {
        var headers = HTTPHeaders([
            ("Host", address.authority),
            ("User-Agent", "raceway/\(RacewayVersion.current)"), ("Connection", "close"),
        ])
        for (name, value) in extra { headers.add(name: name, value: value) }
        if method == .POST { headers.add(name: "Content-Length", value: String(body.count)) }
        if let apiKey { headers.add(name: "X-Raceway-Key", value: apiKey) }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
        do {
            return try await HTTPExchange(host: address.host, port: address.port, securing: tls?.handler)
                .send(head, body: body)
        } catch HTTPExchange.Failure.tooLarge {
            throw .unreachable("\(address) sends more than any Raceway server does")
        } catch HTTPExchange.Failure.incomplete {
            throw .unreachable("\(address) closed the connection before its answer was complete")
        } catch {
            throw .unreachable(
                "no Raceway server answers at \(address) (\(Self.reason(error))); start one with 'raceway serve'"
            )
        }
    }

    /// What the server said against a request: its problem text or its envelope's error.
    private func refused(_ answer: Answer, _ path: String) -> CommandFailure {
        struct Problem: Decodable {
            var detail: String?
            var title: String?
            var error: String?
        }
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(answer.body))
        let said =
            [problem?.detail, problem?.error, problem?.title].compactMap(\.self).first ?? "status \(answer.status)"
        switch answer.status {
        case 401, 403:
            return .unreachable("\(address) refuses the key; set RACEWAY_API_KEY (\(Terminal.printable(said)))")
        case 404: return .usage("\(address)\(path): \(Terminal.printable(said))")
        default: return .unreachable("\(address)\(path): \(Terminal.printable(said))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.isEmpty ? "the name does not resolve" : "connection refused"
        case ChannelError.connectTimeout: "no connection within 5 s"
        case is HTTPParserError: "it does not speak HTTP"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            "TLS failed: its certificate is not trusted, is for another name, or it asks for one of ours"
        default: "connection lost"
        }
    }
}
