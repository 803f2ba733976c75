import TraceModel

/// Comparisons and arithmetic on values as the sender wrote them, JSON text in the batch's payload.
enum ValueText {
    /// True when two values are the same: equal bytes, or equal numbers in different spellings.
    static func same(_ a: ByteRange, _ b: ByteRange, _ batch: borrowing EventBatch) -> Bool {
        if batch.equal(a, b) { return true }
        guard let x = number(a, batch), let y = number(b, batch) else { return false }
        return x == y
    }

    /// The value as a number, when it is one.
    static func number(_ range: ByteRange, _ batch: borrowing EventBatch) -> Double? {
        guard range.length > 0, range.length <= 32 else { return nil }
        let first = batch.payload[Int(range.start)]
        guard first == UInt8(ascii: "-") || (first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9")) else {
            return nil
        }
        var whole: Int64 = 0
        var isInteger = range.length <= 18
        if isInteger {
            for byte in batch.payload[range.indices].dropFirst(first == UInt8(ascii: "-") ? 1 : 0) {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
                    isInteger = false
                    break
                }
                whole = whole * 10 + Int64(byte - UInt8(ascii: "0"))
            }
        }
        if isInteger { return Double(first == UInt8(ascii: "-") ? -whole : whole) }
        return Double(batch.text(range))
    }

    /// True for JSON null and for an empty string, which is how lazily made things look before they are made.
    static func isNothing(_ range: ByteRange, _ batch: borrowing EventBatch) -> Bool {
        let text = batch.payload[range.indices]
        return text.elementsEqual("null".utf8) || text.elementsEqual("\"\"".utf8) || text.elementsEqual("false".utf8)
    }

    /// A number without a needless fraction.
    static func text(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        return String((number * 1e9).rounded() / 1e9)
    }
}
