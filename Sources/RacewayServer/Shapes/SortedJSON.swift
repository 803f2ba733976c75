/// JSON text with the members of every object in order of their names, without blanks between tokens.
///
/// Free-form values leave the reference in this order. The text was checked when it came in; what this scanner does not
/// understand all the same is passed on as it is.
package enum SortedJSON {
    /// Objects nested deeper than this keep their order. The decoder lets nothing deeper in.
    static let depthMax = 256

    /// The value in `text`, sorted; members named in `dropping` are left out of the outermost object when they are null.
    package static func rewrite(_ text: ArraySlice<UInt8>, droppingNull names: [String] = []) -> [UInt8] {
        var scanner = Scanner(text: text, position: text.startIndex)
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        guard scanner.value(into: &output, depth: 0, dropping: names), scanner.isAtEnd else { return Array(text) }
        return output
    }

    private struct Scanner {
        let text: ArraySlice<UInt8>
        var position: Int

        var isAtEnd: Bool {
            mutating get {
                skipBlanks()
                return position == text.endIndex
            }
        }

        private var byte: UInt8? { position < text.endIndex ? text[position] : nil }

        private mutating func skipBlanks() {
            while let byte, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
        }

        private mutating func take(_ expected: UInt8) -> Bool {
            skipBlanks()
            guard byte == expected else { return false }
            position += 1
            return true
        }

        mutating func value(into output: inout [UInt8], depth: Int, dropping: [String] = []) -> Bool {
            guard depth < SortedJSON.depthMax else { return false }
            skipBlanks()
            switch byte {
            case UInt8(ascii: "{"): return object(into: &output, depth: depth, dropping: dropping)
            case UInt8(ascii: "["): return array(into: &output, depth: depth)
            case UInt8(ascii: "\""):
                guard let range = string() else { return false }
                output.append(contentsOf: text[range])
                return true
            default: return scalar(into: &output)
            }
        }

        private mutating func object(into output: inout [UInt8], depth: Int, dropping: [String]) -> Bool {
            position += 1
            var members: [(key: ArraySlice<UInt8>, value: [UInt8])] = []
            if !take(UInt8(ascii: "}")) {
                repeat {
                    skipBlanks()
                    guard let key = string(), take(UInt8(ascii: ":")) else { return false }
                    var value: [UInt8] = []
                    guard self.value(into: &value, depth: depth + 1) else { return false }
                    let name = text[key].dropFirst().dropLast()
                    let isDropped =
                        value.elementsEqual("null".utf8) && dropping.contains { name.elementsEqual($0.utf8) }
                    if !isDropped { members.append((text[key], value)) }
                } while take(UInt8(ascii: ","))
                guard take(UInt8(ascii: "}")) else { return false }
            }
            members.sort { $0.key.lexicographicallyPrecedes($1.key) }
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                output.append(contentsOf: member.key)
                output.append(UInt8(ascii: ":"))
                output.append(contentsOf: member.value)
            }
            output.append(UInt8(ascii: "}"))
            return true
        }

        private mutating func array(into output: inout [UInt8], depth: Int) -> Bool {
            position += 1
            output.append(UInt8(ascii: "["))
            if !take(UInt8(ascii: "]")) {
                var isFirst = true
                repeat {
                    if !isFirst { output.append(UInt8(ascii: ",")) }
                    isFirst = false
                    guard value(into: &output, depth: depth + 1) else { return false }
                } while take(UInt8(ascii: ","))
                guard take(UInt8(ascii: "]")) else { return false }
            }
            output.append(UInt8(ascii: "]"))
            return true
        }

        /// The range of a string with its quotes.
        private mutating func string() -> Range<Int>? {
            guard byte == UInt8(ascii: "\"") else { return nil }
            let start = position
            position += 1
            while let byte {
                position += 1
                if byte == UInt8(ascii: "\"") { return start..<position }
                if byte == UInt8(ascii: "\\") { position = min(position + 1, text.endIndex) }
            }
            return nil
        }

        private mutating func scalar(into output: inout [UInt8]) -> Bool {
            let start = position
            while let byte, byte > 0x20, byte != UInt8(ascii: ","), byte != UInt8(ascii: "]"), byte != UInt8(ascii: "}")
            {
                position += 1
            }
            output.append(contentsOf: text[start..<position])
            return position > start
        }
    }
}
