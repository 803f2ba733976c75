public import Hummingbird
import NIOCore

/// What a request carries along.
public struct RacewayContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The connection, where there is one.
    let channel: (any Channel)?
    /// Who asks, once the gate let the request in.
    var client = AccessGate.Client()
    /// In the answer and in every line of the log about the request.
    var requestID: String

    /// A context for one request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        let number = UInt64.random(in: .min ... .max)
        let digits = String(number, radix: 16)
        requestID = String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Address of the other end of the connection; empty without one.
    var peer: String { channel?.remoteAddress?.ipAddress ?? "" }
}
