/// A second chance for a JSON text with invalid UTF-8 or control characters inside strings, so that the events around
/// the damage can still be read.
enum JSONRepair {
    /// Offsets of bytes that were replaced, ascending.
    struct Marks {
        private var marks: [JSONFault] = []

        /// Number of replaced bytes.
        var count: Int { marks.count }

        mutating func add(_ code: FaultCode, at byte: Int) { marks.append(JSONFault(code, at: byte)) }

        /// The first replaced byte in a range.
        func first(in range: Range<Int>) -> JSONFault? {
            if marks.isEmpty { return nil }
            var low = 0
            var high = marks.count
            while low < high {
                let middle = (low + high) / 2
                if marks[middle].byte < range.lowerBound { low = middle + 1 } else { high = middle }
            }
            return low < marks.count && marks[low].byte < range.upperBound ? marks[low] : nil
        }

        /// The first replaced byte that lies in none of `ranges`, which ascend.
        func first(outside ranges: [Range<Int>]) -> JSONFault? {
            var next = 0
            for mark in marks {
                while next < ranges.count, ranges[next].upperBound <= mark.byte { next += 1 }
                if next >= ranges.count || !ranges[next].contains(mark.byte) { return mark }
            }
            return nil
        }
    }

    /// Most bytes that are replaced: with more the text is not damaged JSON but something else.
    static let marksMax = 65_536

    /// A copy of the same length in which every such byte is a harmless one; `nil` when there are too many.
    static func run(_ text: UnsafeRawBufferPointer) -> (text: [UInt8], marks: Marks)? {
        var copy = [UInt8](text)
        var marks = Marks()
        scan(text) { code, byte in
            copy[byte] = code == .invalidUTF8 ? UInt8(ascii: "?") : Byte.space
            marks.add(code, at: byte)
            return marks.count <= marksMax
        }
        return marks.count <= marksMax ? (copy, marks) : nil
    }

    /// Offset of the first such byte, 0 when there is none.
    static func firstDamage(in text: UnsafeRawBufferPointer) -> Int {
        var first = 0
        scan(text) { _, byte in
            first = byte
            return false
        }
        return first
    }

    /// Calls `found` for every byte that begins no UTF-8 sequence and every control character inside a string, until
    /// it says false.
    private static func scan(_ text: UnsafeRawBufferPointer, _ found: (FaultCode, Int) -> Bool) {
        var isInString = false
        var i = 0
        while i < text.count {
            let byte = text[i]
            if byte >= 0x80 {
                let length = sequenceLength(text, at: i)
                if length == 0, !found(.invalidUTF8, i) { return }
                i += max(length, 1)
                continue
            }
            if isInString {
                if byte == Byte.backslash, i + 1 < text.count, text[i + 1] >= 0x20, text[i + 1] < 0x80 {
                    i += 2
                    continue
                }
                if byte == Byte.quote { isInString = false }
                if byte < 0x20, !found(.controlInString, i) { return }
            } else if byte == Byte.quote {
                isInString = true
            }
            i += 1
        }
    }

    /// Bytes of the well-formed UTF-8 sequence at `start`, 0 when there is none (Unicode 15, table 3-7).
    static func sequenceLength(_ text: UnsafeRawBufferPointer, at start: Int) -> Int {
        let first = text[start]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard start + length <= text.count, second.contains(text[start + 1]) else { return 0 }
        for i in 2..<max(length, 2) where text[start + i] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
