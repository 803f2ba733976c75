import TraceModel

/// The two halves of a call that share one id, as Zipkin's tracers send them, as two spans with ids of their own.
enum SharedSpans {
    /// The server's half gets another id and the client's half as its parent; what the server's side did moves below it.
    ///
    /// The new id derives from the old one, so that it is the same every time.
    static func apart(_ spans: [Span]) -> [Span] {
        let clients = Set(spans.lazy.filter { $0.kind == .client }.map(\.id))
        var moved: [String: (id: String, service: String)] = [:]
        for span in spans where span.kind == .server && clients.contains(span.id) && moved[span.id] == nil {
            moved[span.id] = (id(from: span.id, taken: clients), span.service)
        }
        guard !moved.isEmpty else { return spans }
        return spans.map { span in
            var span = span
            if span.kind == .server, let new = moved[span.id], clients.contains(span.id) {
                span.parent = span.id
                span.id = new.id
            } else if let new = moved[span.parent], span.service == new.service {
                span.parent = new.id
            }
            return span
        }
    }

    private static func id(from id: String, taken: Set<String>) -> String {
        var number = (UInt64(id, radix: 16) ?? 0) ^ 0x5a5a_5a5a_5a5a_5a5a
        while number == 0 || taken.contains(UUIDText.hex(number)) { number &+= 1 }
        return UUIDText.hex(number)
    }
}
