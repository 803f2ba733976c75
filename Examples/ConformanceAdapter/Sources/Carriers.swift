import Glibc
import RacewayClient
import Tracing

/// Header lines as the runner sends and expects them.
struct LineInjector: Injector {
    func inject(_ value: String, forKey key: String, into lines: inout [[String]]) { lines.append([key, value]) }
}

/// For the part of the adapter that only looks at headers.
struct NoTransport: EventTransport {
    func deliver(_ body: [UInt8]) async throws(TransportFailure) -> TransportAnswer { TransportAnswer(status: 200) }
}

/// Prints a line at once, also into a pipe.
func announce(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
}
