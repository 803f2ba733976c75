import JSONText

/// Arrays whose elements senders can make as large as they like.
enum AnswerList {
    /// Writes elements until their number or their bytes reach the bound; at least one.
    ///
    /// - Returns: how many were written.
    static func write<Elements: Collection>(
        _ key: String,
        _ elements: Elements,
        to json: inout JSONWriter,
        max countMax: Int,
        bytesMax: Int,
        _ element: (Elements.Element, inout JSONWriter) -> Void
    ) -> Int {
        var written = 0
        json.array(key) { json in
            let start = json.bytes.count
            for item in elements {
                if written > 0 && (written >= countMax || json.bytes.count - start >= bytesMax) { break }
                element(item, &json)
                written += 1
            }
        }
        return written
    }

    /// With the bounds of an audit trail.
    static func write<Elements: Collection>(
        _ key: String,
        _ elements: Elements,
        to json: inout JSONWriter,
        _ limits: ServerLimits,
        _ element: (Elements.Element, inout JSONWriter) -> Void
    ) -> Int {
        write(key, elements, to: &json, max: limits.auditTrailMax, bytesMax: limits.traceEventBytesMax, element)
    }
}
