import TraceModel

/// What a checkpoint keeps of incomplete traces.
extension IncompleteTraces {
    /// More events than anybody drops; so that no bytes whatever make a sum overflow.
    private static let eventsMax = 1 << 32

    var encoded: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 8 + dropped.count * 24) { memory, count in
            var out = ByteWriter(UnsafeMutableRawBufferPointer(memory))
            out.fixed(Int64(droppedElsewhere))
            for (trace, events) in dropped.sorted(by: { $0.key < $1.key }) {
                out.fixed(trace.high)
                out.fixed(trace.low)
                out.fixed(Int64(events))
            }
            count = out.finish()
        }
    }

    /// `nil` when the bytes are something else.
    init?(_ bytes: [UInt8]) {
        self.init()
        let isWhole = bytes.withUnsafeBytes { memory in
            var input = ByteReader(memory)
            func events() -> Int { min(max(0, Int(input.fixed(Int64.self))), Self.eventsMax) }
            restoreElsewhere(events())
            while input.remaining > 0 {
                let trace = TraceID(high: input.fixed(UInt64.self), low: input.fixed(UInt64.self))
                note(trace, events: events())
            }
            return !input.failed
        }
        guard isWhole else { return nil }
    }
}
