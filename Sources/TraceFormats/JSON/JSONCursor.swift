import CSimdjson

/// A walk over the tokens of one JSON text: the second stage of parsing.
///
/// Every token that is passed is checked, so that a source range that this hands out is valid JSON and can be stored
/// and sent on verbatim. Reading never leaves the text: the token list ends with the length of the text, and zero
/// bytes follow it.
struct JSONCursor {
    let base: UnsafePointer<UInt8>
    let length: Int
    private(set) var positions: UnsafeMutablePointer<UInt32>
    /// Tokens of the text, or of the line that is being read and everything before it.
    private(set) var count: Int
    /// Open brackets of ``skip(depth:)``; its size is the deepest nesting.
    let stack: UnsafeMutableBufferPointer<UInt8>

    /// Index of the next token; at most `count`.
    var at = 0

    /// There is no backslash in `clearFrom..<nextEscape`.
    private var clearFrom = 0
    private var nextEscape = 0

    init(
        base: UnsafePointer<UInt8>,
        length: Int,
        positions: UnsafeMutablePointer<UInt32>,
        count: Int,
        stack: UnsafeMutableBufferPointer<UInt8>
    ) {
        self.base = base
        self.length = length
        self.positions = positions
        self.count = count
        self.stack = stack
    }

    /// Offset of the next token; the length of the text at its end.
    @inline(__always)
    var byteOffset: Int { Int(positions[at]) }

    /// First byte of the next token; 0 at the end.
    @inline(__always)
    var peek: UInt8 { base[Int(positions[at])] }

    /// True when no token is left.
    @inline(__always)
    var isAtEnd: Bool { at >= count }

    /// Bytes of a range of the text.
    @inline(__always)
    func bytes(_ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + start, count: end - start)
    }

    // MARK: Objects and arrays

    /// Passes an opening bracket.
    ///
    /// - Returns: false when the container is empty; its closing bracket is passed then.
    @inline(__always)
    mutating func enter(_ open: UInt8) throws(JSONFault) -> Bool {
        guard peek == open else {
            throw JSONFault(.wrongType, at: byteOffset, expected: open == Byte.openBrace ? "an object" : "an array")
        }
        at += 1
        // Closing brackets follow their opening ones by two in ASCII.
        if peek == open + 2 {
            at += 1
            return false
        }
        return true
    }

    /// Passes a key and its colon.
    @inline(__always)
    mutating func key() throws(JSONFault) -> JSONString {
        guard peek == Byte.quote else { throw JSONFault(.syntax, at: byteOffset, expected: "a quoted key") }
        let key = try string()
        guard peek == Byte.colon else { throw JSONFault(.syntax, at: byteOffset, expected: "a colon") }
        at += 1
        return key
    }

    /// Passes a comma, or the closing bracket of the container that `open` opened.
    ///
    /// - Returns: true after a comma.
    @inline(__always)
    mutating func more(_ open: UInt8) throws(JSONFault) -> Bool {
        let byte = peek
        if byte == Byte.comma {
            at += 1
            return true
        }
        if byte == open + 2 {
            at += 1
            return false
        }
        throw JSONFault(
            .syntax,
            at: byteOffset,
            expected: open == Byte.openBrace ? "a comma or a closing brace" : "a comma or a closing bracket"
        )
    }

    /// The index of a key in a table, -1 for a key that nobody knows.
    @inline(__always)
    func find(_ key: JSONString, in table: FieldTable) -> Int {
        key.isEscaped ? findEscaped(key, in: table) : table.find(bytes(key.start, key.end))
    }

    private func findEscaped(_ key: JSONString, in table: FieldTable) -> Int {
        var name: [UInt8] = []
        unescape(key, into: &name)
        let count = name.count
        // The table reads eight bytes whatever the length.
        for _ in 0..<8 { name.append(0) }
        return name.withUnsafeBufferPointer { table.find(UnsafeBufferPointer(rebasing: $0[..<count])) }
    }

    /// Makes `tokens` the number of tokens and `offset` the offset behind them.
    mutating func end(at offset: Int, tokens: Int) {
        count = tokens
        positions[tokens] = UInt32(offset)
    }

    // MARK: Strings

    /// Passes a string whose escapes, if any, are valid.
    @inline(__always)
    mutating func string() throws(JSONFault) -> JSONString {
        let start = Int(positions[at])
        guard base[start] == Byte.quote, at < count else {
            throw JSONFault(.wrongType, at: start, expected: "a string")
        }
        // Only blanks can stand between the closing quote and the next token.
        var end = Int(positions[at + 1]) - 1
        while end > start, Byte.isBlank(base[end]) { end -= 1 }
        guard end > start, base[end] == Byte.quote else { throw JSONFault(.syntax, at: start, expected: "a string") }
        at += 1
        let escaped = containsEscape(start + 1, end)
        if escaped { try checkEscapes(start + 1, end) }
        return JSONString(start: start + 1, end: end, isEscaped: escaped)
    }

    /// True when there is a backslash in a range. Remembers the distance to the next one, so that texts with few
    /// of them are searched once.
    @inline(__always)
    private mutating func containsEscape(_ start: Int, _ end: Int) -> Bool {
        if start >= clearFrom, end <= nextEscape { return false }
        clearFrom = start
        nextEscape = start + csimdjson_find(base + start, length - start, Byte.backslash)
        return nextEscape < end
    }

    // MARK: Whole values

    /// Checks one value of any type and moves behind it.
    ///
    /// - Parameter depth: brackets that are open around the value.
    mutating func skip(depth: Int) throws(JSONFault) -> JSONValue {
        let start = byteOffset
        let token = at
        switch peek {
        case Byte.quote:
            let text = try string()
            return JSONValue(start: start, end: text.end + 1, token: token, first: Byte.quote)
        case Byte.openBrace, Byte.openBracket:
            let first = peek
            return JSONValue(start: start, end: try skipContainer(depth: depth), token: token, first: first)
        default:
            let first = peek
            return JSONValue(start: start, end: try scalar(), token: token, first: first)
        }
    }

    /// - Returns: the offset behind the closing bracket.
    private mutating func skipContainer(depth outer: Int) throws(JSONFault) -> Int {
        let room = stack.count - outer
        var depth = 0
        while true {
            let open = peek
            if open == Byte.openBrace || open == Byte.openBracket {
                guard depth < room else { throw JSONFault(.tooDeep, at: byteOffset) }
                stack[depth] = open
                depth += 1
                if try enter(open) {
                    if open == Byte.openBrace { _ = try key() }
                    continue
                }
                depth -= 1
            } else if open == Byte.quote {
                _ = try string()
            } else {
                _ = try scalar()
            }
            // A value has ended, and with it perhaps the containers around it.
            while true {
                if depth == 0 { return Int(positions[at - 1]) + 1 }
                let container = stack[depth - 1]
                if try more(container) {
                    if container == Byte.openBrace { _ = try key() }
                    break
                }
                depth -= 1
            }
        }
    }

    /// Moves behind the container that starts at token `start`, looking at nothing but brackets.
    ///
    /// - Returns: false when it is never closed.
    mutating func recover(from start: Int) -> Bool {
        at = start
        var depth = 0
        while at < count {
            switch peek {
            case Byte.openBrace, Byte.openBracket: depth += 1
            case Byte.closeBrace, Byte.closeBracket: depth -= 1
            default: break
            }
            at += 1
            if depth <= 0 { return depth == 0 }
        }
        return false
    }
}
