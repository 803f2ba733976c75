import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// HTTP/1 connections: the framework's, with ``RequestGuard`` in front of what understands requests.
struct PlainChannel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let limits: ServerLimits
    let isSecure: Bool
    let metrics: RequestMetrics

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var bounds = NIOHTTPDecoderLimitConfiguration()
            bounds.maxHeaderFieldSize = limits.headBytesMax
            bounds.maxHeaderListSize = limits.headBytesMax
            bounds.maxHeaderFieldCount = limits.headFieldsMax
            let pipeline = channel.pipeline.syncOperations
            let arrival = RequestClock.Arrival()
            try pipeline.addHandler(arrival)
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,
                withErrorHandling: false,
                withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: bounds
            )
            try pipeline.addHandler(RequestGuard(headBytesMax: limits.headBytesMax))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: isSecure))
            try pipeline.addHandler(RequestClock(metrics, arrival: arrival))
            try pipeline.addHandler(ConnectionDeadline(limits))
            try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
        }
    }

    func handle(value: Value, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }
}
