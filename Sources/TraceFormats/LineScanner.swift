import CSimdjson

/// The lines of a text, without copying them.
struct LineScanner {
    let text: UnsafeRawBufferPointer
    /// Offset of the next line.
    private(set) var offset = 0
    /// 1-based number of the line returned last.
    private(set) var line = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// The range of the next line without its end, `nil` behind the last. A final newline begins no line.
    mutating func next() -> Range<Int>? {
        guard offset < text.count else { return nil }
        let start = offset
        let end = Self.endOfLine(in: text, from: start)
        offset = end + 1
        line += 1
        return start..<end
    }

    /// Offset of the first newline at or behind `start`, or of the end.
    static func endOfLine(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return text.count }
        return start + csimdjson_find(base + start, text.count - start, Byte.newline)
    }

    /// Number of newlines.
    static func newlines(in text: UnsafeRawBufferPointer) -> Int {
        var count = 0
        var end = endOfLine(in: text, from: 0)
        while end < text.count {
            count += 1
            end = endOfLine(in: text, from: end + 1)
        }
        return count
    }

    /// The range without blanks (and carriage returns) at both ends.
    static func trim(_ range: Range<Int>, in text: UnsafeRawBufferPointer) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, Byte.isBlank(text[start]) { start += 1 }
        while end > start, Byte.isBlank(text[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Lines that ``looksLikeLines(_:)`` looks at.
    private static let linesLookedAt = 8

    /// True when the text is one JSON value a line rather than one value over many lines.
    ///
    /// A line is whole when it begins with an opening bracket and ends with its closing one. The first of several lines
    /// is whole only where every line is a value. When the first is damaged, two more whole ones will do: a value that
    /// is printed over several lines has elements with a comma behind them, and one without.
    static func looksLikeLines(_ text: UnsafeRawBufferPointer) -> Bool {
        var scanner = LineScanner(text)
        var seen = 0
        var whole = 0
        var firstIsWhole = false
        var firstIsBracket = false
        while seen < linesLookedAt, let line = scanner.next() {
            let content = trim(line, in: text)
            guard !content.isEmpty else { continue }
            seen += 1
            let first = text[content.lowerBound]
            let isWhole =
                content.count > 1 && (first == Byte.openBrace || first == Byte.openBracket)
                && text[content.upperBound - 1] == first + 2
            if isWhole { whole += 1 }
            if seen == 1 {
                firstIsWhole = isWhole
                firstIsBracket = content.count == 1 && (first == Byte.openBrace || first == Byte.openBracket)
            }
            // A long first line needs only a second one behind it.
            if seen >= 2, firstIsWhole || whole >= 2 { return true }
        }
        return seen == 2 && whole == 1 && !firstIsBracket
    }
}
