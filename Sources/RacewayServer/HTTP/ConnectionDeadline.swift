import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections that send no request: a first head within ``first``, the next within ``next`` of the last answer.
///
/// The deadline does not move while bytes trickle in, so that a client that sends a header a minute holds nothing for long.
final class ConnectionDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart

    private let first: TimeAmount
    private let next: TimeAmount
    private var scheduled: Scheduled<Void>?

    init(_ limits: ServerLimits) {
        first = TimeAmount(limits.headTime)
        next = TimeAmount(limits.keepAliveTime)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { schedule(first, context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        schedule(first, context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { scheduled?.cancel() }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { schedule(next, context) }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        scheduled?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { scheduled?.cancel() }

    private func schedule(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        scheduled?.cancel()
        let channel = context.channel
        scheduled = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
