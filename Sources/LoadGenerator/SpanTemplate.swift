/// Writes the spans of one request as OTLP has them: traces of eight spans, each with twenty attributes, the load of the Collector's own
/// test bed.
struct SpanTemplate {
    static let spansPerTrace = 8
    static let attributes = 20

    /// A request with `count` spans.
    static func template(spans count: Int, service: String) -> RequestTemplate {
        var scope: [UInt8] = field(1, field(1, Array("raceway.loadgen".utf8)))
        var starts: [Int] = []
        for index in 0..<count {
            let span = span(index)
            scope += head(2, span.count)
            starts.append(scope.count)
            scope += span
        }
        let resource = field(
            1,
            attribute("service.name", service) + attribute("service.instance.id", service + "-1")
                + attribute("telemetry.sdk.name", "raceway")
        )
        let inner = resource + head(2, scope.count)
        var template = RequestTemplate()
        template.contentType = "application/x-protobuf"
        template.events = count
        template.traces = (count + spansPerTrace - 1) / spansPerTrace
        template.add(head(1, inner.count + scope.count) + inner)
        let origin = template.count
        template.add(scope)
        for (index, start) in starts.enumerated() { mark(&template, index, at: origin + start) }
        return template
    }

    /// Identifiers come first in a span, so that their places do not depend on what follows.
    private static func span(_ index: Int) -> [UInt8] {
        var bytes = field(1, zeros(16)) + field(2, zeros(8))
        if index % spansPerTrace > 0 { bytes += field(4, zeros(8)) }
        bytes += [7 << 3 | 1] + zeros(8) + [8 << 3 | 1] + zeros(8)
        bytes += field(5, Array("step \(index % spansPerTrace)".utf8))
        // SERVER for the root, INTERNAL for what is below.
        bytes += [6 << 3, index % spansPerTrace == 0 ? 2 : 1]
        for number in 0..<attributes { bytes += field(9, pair("load.attribute.\(number)", "value-\(index)-\(number)")) }
        return bytes
    }

    private static func mark(_ template: inout RequestTemplate, _ index: Int, at start: Int) {
        template.markTrace(index / spansPerTrace, at: start + 2)
        template.markSpan(index, at: start + 20)
        var next = start + 28
        if index % spansPerTrace > 0 {
            template.markSpan(index - index % spansPerTrace, at: next + 2)
            next += 10
        }
        template.markTime(index, at: next + 1)
        template.markTime(index + 1, at: next + 10)
    }

    private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

    private static func attribute(_ key: String, _ value: String) -> [UInt8] { field(1, pair(key, value)) }

    private static func pair(_ key: String, _ value: String) -> [UInt8] {
        field(1, Array(key.utf8)) + field(2, field(1, Array(value.utf8)))
    }

    private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { head(number, content.count) + content }

    private static func head(_ number: UInt8, _ length: Int) -> [UInt8] {
        var bytes = [number << 3 | 2]
        var rest = length
        while rest > 0x7f {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
