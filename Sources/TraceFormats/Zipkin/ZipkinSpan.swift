import TraceModel

/// A span as Zipkin's second version has it, on its way to the common model.
struct ZipkinSpan {
    /// One side of a call.
    struct Endpoint {
        var service = ""
        var ipv4 = ""
        var ipv6 = ""
        var port: Int64 = 0

        /// The address that is shown; the other one is kept beside it.
        var address: String { ipv4.isEmpty ? ipv6 : ipv4 }
    }

    /// What has its place in the common model.
    var span = Span(trace: .zero, id: "")
    /// Microseconds, as sent.
    var timestamp: Int64 = 0
    var duration: Int64?
    var local = Endpoint()
    var remote = Endpoint()
    var isDebug = false

    /// The span with what it says of its endpoints in attributes, and what OpenTelemetry's exporter did to it undone.
    consuming func finish(trace: TraceID, id: String) -> Span {
        span.trace = trace
        span.id = id
        span.start = SpanIdentifiers.nanoseconds(microseconds: timestamp)
        // A span of no duration is a moment; one without a duration is open.
        if let duration {
            span.end = SpanIdentifiers.end(
                of: span.start,
                after: SpanIdentifiers.nanoseconds(microseconds: duration)
            )
        }
        span.service = local.service
        span.instance = local.address
        describeLocal()
        describeRemote()
        if isDebug { span.attributes.append(Attribute(ZipkinNames.debug, .bool(true))) }
        OpenTelemetryTags.undo(&span)
        return span
    }

    private mutating func describeLocal() {
        if !local.service.isEmpty { span.resource.append(Attribute("service.name", .string(local.service))) }
        if !local.address.isEmpty { span.resource.append(Attribute(ZipkinNames.address, .string(local.address))) }
        if !local.ipv4.isEmpty, !local.ipv6.isEmpty {
            span.resource.append(Attribute(ZipkinNames.otherAddress, .string(local.ipv6)))
        }
        if local.port > 0 { span.resource.append(Attribute(ZipkinNames.port, .int(local.port))) }
    }

    /// A tag of the same name stays what it is.
    private mutating func describeRemote() {
        if !remote.service.isEmpty { add(ZipkinNames.peer, .string(remote.service)) }
        if !remote.address.isEmpty { add(ZipkinNames.peerAddress, .string(remote.address)) }
        if !remote.ipv4.isEmpty, !remote.ipv6.isEmpty { add(ZipkinNames.otherPeerAddress, .string(remote.ipv6)) }
        if remote.port > 0 { add(ZipkinNames.peerPort, .int(remote.port)) }
    }

    private mutating func add(_ key: String, _ value: AttributeValue) {
        if span.attributes[key] == nil { span.attributes.append(Attribute(key, value)) }
    }
}

/// Attributes that stand for what Zipkin has members for.
enum ZipkinNames {
    static let address = "host.ip"
    static let otherAddress = "network.local.address"
    static let port = "network.local.port"
    static let peer = "peer.service"
    static let peerAddress = "network.peer.address"
    static let otherPeerAddress = "zipkin.remote.ipv6"
    static let peerPort = "network.peer.port"
    static let debug = "zipkin.debug"

    /// Of the resource and of the span, in this order.
    static let ofResource: Set<String> = ["service.name", address, otherAddress, port]
    static let ofSpan: Set<String> = [peer, peerAddress, otherPeerAddress, peerPort, debug]
}
