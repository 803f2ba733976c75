import TraceModel

/// What the records of one scope share.
struct OTLPScope {
    var resource: [Attribute] = []
    var service = ""
    var instance = ""
    var name = ""
    var version = ""
    var attributes: [Attribute] = []

    /// Names service and process once the resource is known.
    mutating func identify() {
        service = ResourceIdentity.service(resource)
        instance = ResourceIdentity.instance(resource)
    }

    /// Puts what is shared into a span.
    func describe(_ span: inout Span) {
        span.resource = resource
        span.service = service
        span.instance = instance
        span.scopeName = name
        span.scopeVersion = version
        span.scopeAttributes = attributes
    }

    /// A log record that says something about shared state, or `nil` for any other.
    func log(trace: TraceID?, span: String?, observed: Int64, moment: Span.Moment) -> SpanCollector.Log? {
        guard let trace, let span, moment.name.hasPrefix("race.") else { return nil }
        var moment = moment
        if moment.timestamp == 0 { moment.timestamp = observed }
        return SpanCollector.Log(trace: trace, span: span, service: service, instance: instance, moment: moment)
    }
}
