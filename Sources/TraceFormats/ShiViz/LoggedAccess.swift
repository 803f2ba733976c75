/// A memory access as TSViz' instrumentation logs it: `[time ]Read VALUE from NAME of type TYPE (ptr=ADDRESS)`, and
/// `Write VALUE to NAME …`.
struct LoggedAccess {
    var isWrite: Bool
    var value: String
    /// The name and the address: a field of different structures is a different object.
    var object: String

    init?(_ line: String) {
        let text = LoggedCall.withoutTime(line)
        isWrite = text.hasPrefix("Write ")
        guard isWrite || text.hasPrefix("Read "), text.hasSuffix(")") else { return nil }
        let rest = text.dropFirst(isWrite ? 6 : 5).dropLast()
        // A logged value may contain anything, so the words are looked for from the end.
        guard let pointer = rest.lastRange(of: " (ptr="),
            let type = rest[..<pointer.lowerBound].lastRange(of: " of type "),
            let name = rest[..<type.lowerBound].lastRange(of: isWrite ? " to " : " from ")
        else { return nil }
        value = String(rest[..<name.lowerBound])
        object = "\(rest[name.upperBound..<type.lowerBound])@\(rest[pointer.upperBound...])"
    }
}

/// Entering and leaving a function, as the same instrumentation logs it.
enum LoggedCall {
    /// Deepest nesting that is followed.
    static let depthMax = 1024

    static func entered(_ line: String) -> String? { name(after: "Entering ", in: line) }

    static func left(_ line: String) -> String? { name(after: "Exiting ", in: line) }

    private static func name(after word: String, in line: String) -> String? {
        let text = withoutTime(line)
        guard text.hasPrefix(word) else { return nil }
        let name = text.dropFirst(word.count)
        return name.isEmpty || name.contains(" ") ? nil : String(name)
    }

    /// The line without the number that it begins with.
    static func withoutTime(_ line: String) -> Substring {
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, line.dropFirst(digits.count).first == " " else { return line[...] }
        return line.dropFirst(digits.count + 1)
    }
}

extension Substring {
    /// The last place where `text` stands.
    fileprivate func lastRange(of text: String) -> Range<Index>? {
        var end = endIndex
        while let start = self[..<end].lastIndex(of: text.first ?? " ") {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            end = start
        }
        return nil
    }
}
