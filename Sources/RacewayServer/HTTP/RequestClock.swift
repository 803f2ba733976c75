import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Measures a request from its first byte to the last byte of its answer that the operating system took: as near to what the client
/// measures as a server comes.
///
/// An answer of unknown length, such as a stream of events, counts until its head has left.
final class RequestClock: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart

    /// Notes when bytes arrive; to stand below what makes requests of them.
    final class Arrival: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = ByteBuffer

        private var last = ContinuousClock.now
        private var first: ContinuousClock.Instant?

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            last = .now
            if first == nil { first = last }
            context.fireChannelRead(data)
        }

        /// When the first byte of the request came whose head is here now.
        fileprivate var begin: ContinuousClock.Instant { first ?? last }

        /// The next byte is of another request.
        fileprivate func endRequest() { first = nil }
    }

    private let metrics: RequestMetrics
    private let arrival: Arrival?
    private let exchange = Exchange()
    /// When the requests began that have no answer yet.
    private var begun = CircularBuffer<ContinuousClock.Instant>(initialCapacity: 1)
    /// The answer that is being written.
    private var leaving: (begun: ContinuousClock.Instant, outcome: RequestMetrics.Outcome)?

    /// - Parameter arrival: of the same connection; without one a request begins with its head.
    init(_ metrics: RequestMetrics, arrival: Arrival? = nil) {
        self.metrics = metrics
        self.arrival = arrival
    }

    func handlerAdded(context: ChannelHandlerContext) { metrics.exchanges.add(exchange, for: context.channel) }

    func handlerRemoved(context: ChannelHandlerContext) { finish(context) }

    func channelInactive(context: ChannelHandlerContext) {
        finish(context)
        context.fireChannelInactive()
    }

    /// What was answered and will not be written counts until now.
    private func finish(_ context: ChannelHandlerContext) {
        metrics.exchanges.remove(context.channel)
        let rest = leaving ?? exchange.close().map { (begun.popFirst() ?? $0.begun, $0) }
        leaving = nil
        if let rest { metrics.end(rest.outcome, from: rest.begun) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: begun.append(arrival?.begin ?? .now)
        case .end: arrival?.endRequest()
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind != .informational:
            if let start = begun.popFirst(), let outcome = exchange.take() { leaving = (start, outcome) }
            let isWhole = head.headerFields[.contentLength] != nil
            context.write(data, promise: isWhole ? promise : noted(promise, context))
        case .end: context.write(data, promise: noted(promise, context))
        default: context.write(data, promise: promise)
        }
    }

    /// A promise after which the answer counts, when it does not yet.
    private func noted(
        _ promise: EventLoopPromise<Void>?,
        _ context: ChannelHandlerContext
    ) -> EventLoopPromise<Void>? {
        guard let (start, outcome) = leaving else { return promise }
        leaving = nil
        let sent = promise ?? context.eventLoop.makePromise()
        let metrics = metrics
        sent.futureResult.whenComplete { _ in metrics.end(outcome, from: start) }
        return sent
    }
}
