import NIOCore
import Synchronization

/// Measures one exchange where it touches the network: from before the first byte is handed to the system until the last byte of the
/// answer is read. What the client itself waits for, timers and threads, is no part of it.
final class WireClock: ChannelDuplexHandler, Sendable {
    // Whatever passes is passed on as it is.
    typealias InboundIn = Any
    typealias InboundOut = Any
    typealias OutboundIn = Any
    typealias OutboundOut = Any

    private struct Moments {
        var first = ContinuousClock.now
        var last = ContinuousClock.now
        var isWriting = false
    }

    private let moments = Mutex(Moments())

    /// Nanoseconds from the first write after the last read to the last read.
    var nanoseconds: Int64 {
        let elapsed = moments.withLock { $0.first.duration(to: $0.last) }.components
        return max(0, elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let now = ContinuousClock.now
        moments.withLock { moments in
            if !moments.isWriting { moments.first = now }
            moments.isWriting = true
        }
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = ContinuousClock.now
        moments.withLock { moments in
            moments.last = now
            moments.isWriting = false
        }
        context.fireChannelRead(data)
    }
}
