import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Takes a response body as bytes.
final class Collector: ResponseBodyWriter {
    private let collected = Mutex<[UInt8]>([])

    private let trailing = Mutex<HTTPFields>([:])

    /// What came behind the body.
    var trailers: HTTPFields { trailing.withLock { $0 } }

    var bytes: [UInt8] { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        collected.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws { trailing.withLock { $0 = trailingHeaders ?? [:] } }
}
