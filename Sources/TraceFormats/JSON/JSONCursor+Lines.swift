import CSimdjson

/// Reading one value a line from an index of many lines: while a line is open, the text ends with it.
extension JSONCursor {
    /// What is needed to close a line again.
    struct OpenLine {
        fileprivate var allTokens: Int
        fileprivate var hidden: UInt32
    }

    /// Offset of the end of the line that an offset lies in.
    func endOfLine(from offset: Int) -> Int {
        offset + csimdjson_find(base + offset, length - offset, Byte.newline)
    }

    /// Lets the text end at `end`, the offset of a line's end, until the line is closed.
    mutating func openLine(end: Int) -> OpenLine {
        // The first token at or behind the end. A line of n bytes has at most n tokens.
        var low = at
        var high = min(count, at + max(end - byteOffset, 0))
        while low < high {
            let middle = (low + high) / 2
            if Int(positions[middle]) < end { low = middle + 1 } else { high = middle }
        }
        let line = OpenLine(allTokens: count, hidden: positions[low])
        self.end(at: end, tokens: low)
        return line
    }

    /// Gives the text back its end, and moves behind the line however much of it was read.
    mutating func closeLine(_ line: OpenLine) {
        at = count
        end(at: Int(line.hidden), tokens: count)
        end(at: length, tokens: line.allTokens)
    }
}
