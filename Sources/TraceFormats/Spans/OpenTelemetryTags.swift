import TraceModel

/// What OpenTelemetry's exporters for other formats turn into tags, turned back.
enum OpenTelemetryTags {
    private static let resourcePrefixes = [
        "service.", "telemetry.", "host.", "process.", "container.", "k8s.", "os.", "cloud.", "deployment.",
    ]

    /// Moves scope, status, trace state and, for spans that OpenTelemetry made, resource attributes to their places.
    static func undo(_ span: inout Span) {
        let isOurs = span.attributes.contains { $0.key == "telemetry.sdk.name" || $0.key == "otel.scope.name" }
        var kept: [Attribute] = []
        for attribute in span.attributes where !take(attribute, into: &span, isOurs: isOurs) { kept.append(attribute) }
        span.attributes = kept
        if span.status == .unset, let error = kept["error"]?.text, !error.isEmpty, error != "false" {
            span.status = .error
        }
        guard isOurs else { return }
        let service = ResourceIdentity.service(span.resource)
        if !service.isEmpty { span.service = service }
        let instance = ResourceIdentity.instance(span.resource)
        if !instance.isEmpty { span.instance = instance }
    }

    /// - Returns: true when the attribute has moved.
    private static func take(_ attribute: Attribute, into span: inout Span, isOurs: Bool) -> Bool {
        switch attribute.key {
        case "otel.scope.name", "otel.library.name": span.scopeName = attribute.value.text
        case "otel.scope.version", "otel.library.version": span.scopeVersion = attribute.value.text
        case "otel.status_code":
            switch attribute.value.text {
            case "OK": span.status = .ok
            case "ERROR": span.status = .error
            default: return false
            }
        case "otel.status_description": span.statusMessage = attribute.value.text
        case "w3c.tracestate": span.traceState = attribute.value.text
        default:
            guard isOurs, resourcePrefixes.contains(where: { attribute.key.hasPrefix($0) }) else { return false }
            if let index = span.resource.firstIndex(where: { $0.key == attribute.key }) {
                span.resource[index] = attribute
            } else {
                span.resource.append(attribute)
            }
        }
        return true
    }
}
