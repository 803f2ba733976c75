public import Hummingbird

/// What a request carries along: Hummingbird's core values. The identity of an authenticated client belongs here.
public struct RacewayContext: RequestContext {
    public var coreContext: CoreRequestContextStorage

    /// A context for one request.
    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }
}
