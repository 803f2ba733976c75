import JSONText
import NIOCore
import NIOHTTP1

/// Answers what never becomes a request: heads that are broken, too large or ambiguous. It also keeps the rules of HTTP/1 that the
/// framework leaves open: `Expect`, `Host`, and how long connections of HTTP/1.0 last.
///
/// Refusals stand in line: answers to earlier requests of the connection come first, and the connection ends with the refusal.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Sent from above when the body of the request that is being answered is wanted.
    struct WantsBody: Sendable {}

    /// How a request wants its connection treated.
    private struct Asked {
        var isOld: Bool
        var isLast: Bool
    }

    private let headBytesMax: Int
    /// Requests passed on whose answers have not ended.
    private var asked: [Asked] = []
    private var isInsideRequest = false
    private var refusal: HeadCheck.Refusal?

    /// A connection that was told to go is closed after this, however much it still sends.
    private static let patience = TimeAmount.seconds(2)

    init(headBytesMax: Int) { self.headBytesMax = headBytesMax }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard refusal == nil else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            if let problem = HeadCheck.problem(of: head) { return refuse(problem, context) }
            asked.append(Asked(isOld: head.version.isOld, isLast: !head.isKeepAlive))
            // What reads requests compares this exactly.
            if !head.isKeepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            isInsideRequest = true
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .end:
            isInsideRequest = false
            context.fireChannelRead(data)
        case .body: context.fireChannelRead(data)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Inside a request its reader answers.
        guard let error = error as? HTTPParserError, !isInsideRequest else { return context.fireErrorCaught(error) }
        guard refusal == nil else { return }
        refuse(HeadCheck.problem(of: error, headBytesMax: headBytesMax), context)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is WantsBody else { return context.triggerUserOutboundEvent(event, promise: promise) }
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if let current = asked.first { Self.mark(&head, for: current) }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            let wasLast = asked.isEmpty ? false : asked.removeFirst().isLast
            if asked.isEmpty, let refusal { send(refusal, context) }
            if wasLast { close(context) }
        }
    }

    /// Says what becomes of the connection.
    private static func mark(_ head: inout HTTPResponseHead, for asked: Asked) {
        if asked.isLast {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if asked.isOld {
            head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        // HTTP/1.0 knows no chunks: such an answer ends with its connection.
        if asked.isOld, head.headers["Content-Length"].isEmpty { head.version = .http1_0 }
    }

    private func refuse(_ problem: HeadCheck.Refusal, _ context: ChannelHandlerContext) {
        refusal = problem
        if asked.isEmpty { send(problem, context) }
    }

    private func send(_ refusal: HeadCheck.Refusal, _ context: ChannelHandlerContext) {
        let body = context.channel.allocator.buffer(bytes: refusal.body)
        let headers = HTTPHeaders([
            ("Content-Type", "application/problem+json"), ("Content-Length", String(body.readableBytes)),
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Connection", "close"),
        ])
        let head = HTTPResponseHead(version: .http1_1, status: refusal.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        close(context)
    }

    /// Not at once: bytes that arrive at a closed socket would take the answer back.
    private func close(_ context: ChannelHandlerContext) {
        let channel = context.channel
        context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }
}
