import RacewayClient
import Synchronization

/// Keeps bodies in memory, for the analysis inside this process.
final class MemoryTransport: EventTransport {
    private let kept = Mutex<[UInt8]>([])

    func deliver(_ body: [UInt8]) async throws(TransportFailure) -> TransportAnswer {
        kept.withLock { $0 += body + [UInt8(ascii: "\n")] }
        return TransportAnswer(status: 200)
    }

    /// The bodies, one a line.
    var bytes: [UInt8] { kept.withLock { $0 } }
}
