/// `file:line` or `file:line:column`, as senders write it.
public struct CodeLocation: Sendable, Hashable {
    /// The file, or the whole text when it has no line number.
    public var file: String
    /// 1-based; `nil` when the text has none.
    public var line: Int?
    /// 1-based; `nil` when the text has none.
    public var column: Int?

    /// Reads a location; `nil` for empty text.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var numbers: [Int] = []
        while numbers.count < 2, parts.count > 1, let last = parts.last, let number = Self.number(last) {
            numbers.insert(number, at: 0)
            parts.removeLast()
        }
        file = parts.joined(separator: ":")
        line = numbers.first
        column = numbers.count > 1 ? numbers[1] : nil
        if file.isEmpty { return nil }
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int(text), value > 0 else {
            return nil
        }
        return value
    }
}
