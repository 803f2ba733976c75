public import TraceModel

extension RacewayJSONWriter {
    /// The body of a request that would post a document: its events, and its spans as far as they are not among them.
    ///
    /// A span becomes a `FunctionCall` and a `FunctionReturn`, its causes become parents and channel messages. Inferred
    /// accesses are written like any other: the wire has no word for a guess.
    public static func body(of document: TraceDocument) -> [UInt8] {
        var batch = document.batch
        let projected = Set(batch.traces)
        SpanProjection.projectAll(document.spans.filter { !projected.contains($0.trace) }, into: &batch)
        return body(of: batch)
    }
}
