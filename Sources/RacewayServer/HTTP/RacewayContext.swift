public import Hummingbird
import NIOCore

/// What a request carries along: Hummingbird's core values. The identity of an authenticated client belongs here.
public struct RacewayContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The connection, where there is one.
    let channel: (any Channel)?

    /// A context for one request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
