import TraceModel

/// The `metadata` object of an event whose format sent none.
enum MetadataFromColumns {
    static func write(_ row: Int, of batch: borrowing EventBatch, into bytes: inout [UInt8]) {
        let event = batch[row]
        let process = batch.processes[Int(event.process)]
        bytes.append(Byte.openBrace)
        RacewayJSONWriter.member("thread_id", event.thread, of: batch, into: &bytes)
        RacewayJSONWriter.key("process_id", into: &bytes)
        Decimal.append(UInt64(process.processID), to: &bytes)
        RacewayJSONWriter.member("service_name", process.service, of: batch, into: &bytes)
        RacewayJSONWriter.member("environment", .empty, of: batch, into: &bytes)
        RacewayJSONWriter.key("tags", into: &bytes)
        if event.flags.contains(.globalScope) {
            RacewayJSONWriter.append("{\"race.scope\":\"global\"}", to: &bytes)
        } else if event.flags.contains(.processScope) {
            RacewayJSONWriter.append("{\"race.scope\":\"process\"}", to: &bytes)
        } else {
            RacewayJSONWriter.append("{}", to: &bytes)
        }
        RacewayJSONWriter.key("duration_ns", into: &bytes)
        if event.duration >= 0 {
            Decimal.append(event.duration, to: &bytes)
        } else {
            RacewayJSONWriter.append("null", to: &bytes)
        }
        let optional: [(StaticString, Symbol)] = [
            ("instance_id", process.instance), ("distributed_span_id", event.span),
            ("upstream_span_id", event.upstreamSpan),
        ]
        for (name, symbol) in optional where !symbol.isEmpty {
            RacewayJSONWriter.member(name, symbol, of: batch, into: &bytes)
        }
        bytes.append(Byte.closeBrace)
    }
}
