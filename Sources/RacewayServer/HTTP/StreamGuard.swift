import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers the heads of HTTP/2 that ``RequestGuard`` would refuse from HTTP/1. What breaks the rules of HTTP/2 itself ends its stream,
/// or its connection, before it comes here (RFC 9113 section 8.1.1).
final class StreamGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private var isRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        if let problem = HeadCheck.problem(of: head) { return refuse(problem, context) }
        // What asks for the host looks in one place.
        head.authority = head.authority ?? head.headerFields[.host]
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    private func refuse(_ problem: HeadCheck.Refusal, _ context: ChannelHandlerContext) {
        isRefused = true
        let body = context.channel.allocator.buffer(bytes: problem.body)
        var head = HTTPResponse(status: .init(code: Int(problem.status.code)))
        head.headerFields[.contentType] = "application/problem+json"
        head.headerFields[.contentLength] = String(body.readableBytes)
        head.headerFields[.cacheControl] = "no-store"
        head.headerFields[.xContentTypeOptions] = "nosniff"
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        let channel = context.channel
        let sent = context.eventLoop.makePromise(of: Void.self)
        // The rest of a body would be read by nobody.
        sent.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
    }
}

extension HeadCheck {
    /// The same for HTTP/2, whose framing has no ambiguities but these (RFC 9113 sections 8.3.1, 8.1.1).
    static func problem(of head: HTTPRequest) -> Refusal? {
        let hosts = head.headerFields[values: .host]
        let names = Set((hosts + [head.authority].compactMap { $0 }).map { $0.lowercased() })
        guard hosts.count <= 1, names.count == 1, let name = names.first else {
            return Refusal(
                status: .badRequest,
                message: "Expected one :authority, and no Host or the same, found \(names.count) different names"
            )
        }
        guard isHostName(name) else { return Refusal(status: .badRequest, message: "The :authority is no host name") }
        guard head.method != .connect else {
            return Refusal(status: .notImplemented, message: "This server is no proxy: CONNECT is not possible")
        }
        let lengths = head.headerFields[values: .contentLength]
        guard lengths.count <= 1, lengths.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return Refusal(status: .badRequest, message: "Expected one Content-Length, a number")
        }
        let expected = head.headerFields[values: .expect]
        guard expected.count <= 1, expected.allSatisfy({ $0.lowercased() == "100-continue" }) else {
            return Refusal(status: .expectationFailed, message: "Expected Expect: 100-continue, or none")
        }
        return nil
    }
}
