/// Where a piece of text stands in its input, and the lines of offsets in it.
struct TextOrigin {
    /// Offset of the piece.
    var byte = 0
    /// 1-based line of its first byte.
    var line = 1

    private var knownOffset = 0
    private var knownLine = 0
    private var lineStart = 0

    init(byte: Int = 0, line: Int = 1) {
        self.byte = byte
        self.line = line
    }

    /// Line and column, both 1-based, of an offset into the piece. Cheap for offsets that ascend.
    mutating func position(of offset: Int, in text: UnsafeRawBufferPointer) -> (line: Int, column: Int) {
        if offset < knownOffset { (knownOffset, knownLine, lineStart) = (0, 0, 0) }
        let end = min(offset, text.count)
        while knownOffset < end {
            if text[knownOffset] == Byte.newline {
                knownLine += 1
                lineStart = knownOffset + 1
            }
            knownOffset += 1
        }
        return (line + knownLine, offset - lineStart + 1)
    }
}
