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
        let end = text[start...].firstIndex(of: Byte.newline) ?? text.count
        offset = end + 1
        line += 1
        return start..<end
    }

    /// The range without blanks (and carriage returns) at both ends.
    static func trim(_ range: Range<Int>, in text: UnsafeRawBufferPointer) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, Byte.isBlank(text[start]) { start += 1 }
        while end > start, Byte.isBlank(text[end - 1]) { end -= 1 }
        return start..<end
    }

    /// True when the text is one JSON value a line rather than one value over many lines.
    ///
    /// One of the first two lines that are not blank begins with an opening bracket and ends with a closing one. A
    /// value that is printed over several lines has its outermost bracket, or an element with a comma, there.
    static func looksLikeLines(_ text: UnsafeRawBufferPointer) -> Bool {
        var scanner = LineScanner(text)
        var seen = 0
        var whole = 0
        while seen < 2, let line = scanner.next() {
            let content = trim(line, in: text)
            guard !content.isEmpty else { continue }
            seen += 1
            let first = text[content.lowerBound]
            let last = text[content.upperBound - 1]
            if content.count > 1, first == Byte.openBrace || first == Byte.openBracket,
                last == Byte.closeBrace || last == Byte.closeBracket
            {
                whole += 1
            }
        }
        return seen == 2 && whole > 0
    }
}
