extension STDReader {
    /// The fields of one line, found in one pass over its bytes.
    struct Fields {
        private(set) var task: UnsafeBufferPointer<UInt8>
        /// The name of the operation, its bytes packed into a word; 0 when it is too long for any.
        private(set) var operation: UInt64 = 0
        private(set) var operand = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        private(set) var location = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        /// Bars in the line, at most two.
        private(set) var bars = 0
        /// Some byte is not ASCII.
        private(set) var hasHighBytes = false
        private(set) var isBlankOrComment = false
        /// The beginning of the next line.
        private(set) var next: UnsafePointer<UInt8>

        @inline(__always)
        init(scanning start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
            var p = start
            while p < end, Byte.isBlank(p.pointee), p.pointee != Byte.newline { p += 1 }
            let first = p
            var high: UInt8 = 0
            func scan(until stop: UInt8, or other: UInt8) {
                while p < end {
                    let byte = p.pointee
                    if byte == stop || byte == other || byte == Byte.newline { return }
                    high |= byte
                    p += 1
                }
            }
            func atBar() -> Bool { p < end && p.pointee == UInt8(ascii: "|") }

            scan(until: UInt8(ascii: "|"), or: UInt8(ascii: "|"))
            task = Self.trimmed(first, p)
            isBlankOrComment = task.count == 0 && !atBar() || task.count > 0 && task[0] == UInt8(ascii: "#")
            if atBar() {
                bars = 1
                p += 1
                let name = p
                scan(until: UInt8(ascii: "|"), or: UInt8(ascii: "("))
                operation = Self.word(Self.trimmed(name, p))
                if p < end, p.pointee == UInt8(ascii: "(") {
                    p += 1
                    let inside = p
                    scan(until: UInt8(ascii: "|"), or: UInt8(ascii: "|"))
                    // An operand may hold parentheses itself: the last one closes.
                    var close = p
                    while close > inside, close[-1] != UInt8(ascii: ")") { close -= 1 }
                    if close > inside { operand = Self.trimmed(inside, close - 1) }
                    // Something between the last parenthesis and the bar is no operation of ours.
                    if close == inside || Self.trimmed(close, p).count > 0 { operation = 0 }
                }
                if atBar() {
                    bars = 2
                    p += 1
                    let place = p
                    scan(until: Byte.newline, or: Byte.newline)
                    location = Self.trimmed(place, p)
                }
            }
            hasHighBytes = high >= 0x80
            next = p < end ? p + 1 : end
        }

        @inline(__always)
        private static func trimmed(
            _ start: UnsafePointer<UInt8>,
            _ end: UnsafePointer<UInt8>
        ) -> UnsafeBufferPointer<UInt8> {
            var start = start
            var end = end
            while start < end, Byte.isBlank(start.pointee) { start += 1 }
            while end > start, Byte.isBlank(end[-1]) { end -= 1 }
            return UnsafeBufferPointer(start: start, count: end - start)
        }

        @inline(__always)
        private static func word(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
            guard name.count <= 8 else { return 0 }
            var word: UInt64 = 0
            for byte in name { word = word << 8 | UInt64(byte) }
            return word
        }
    }
}
