/// The part of TOML that settings need: tables, strings, integers and Booleans.
///
/// Arrays, dates, inline and repeated tables hold no setting, and are refused by name of line.
enum SettingsFile {
    /// A key with its table in front, its value as text, and where it stands.
    struct Entry: Equatable {
        var key: String
        var value: String
        var line: Int
    }

    /// Reads every entry in order.
    static func entries(_ text: String, name: String) throws(CommandFailure) -> [Entry] {
        var entries: [Entry] = []
        var table = ""
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = trimmed(raw)
            if line.isEmpty || line.hasPrefix("#") { continue }
            func wrong(_ what: String) -> CommandFailure { .usage("\(name):\(index + 1): \(what)") }
            if line.hasPrefix("[") {
                guard let end = line.firstIndex(of: "]"), !line.hasPrefix("[["), isRest(line[line.index(after: end)...])
                else {
                    throw wrong("expected a table such as [server]")
                }
                table = String(trimmed(line[line.index(after: line.startIndex)..<end]))
                guard isKey(table) else { throw wrong("'\(Terminal.printable(table))' is not the name of a table") }
                continue
            }
            guard let equals = line.firstIndex(of: "=") else { throw wrong("expected key = value") }
            let key = String(trimmed(line[..<equals]))
            guard isKey(key) else { throw wrong("'\(Terminal.printable(key))' is not a key") }
            guard let value = value(trimmed(line[line.index(after: equals)...])) else {
                throw wrong("the value of \(key) is not a string, a number, true or false")
            }
            entries.append(Entry(key: table.isEmpty ? key : "\(table).\(key)", value: value, line: index + 1))
        }
        return entries
    }

    private static func value(_ text: Substring) -> String? {
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            let plain = trimmed(text.prefix { $0 != "#" })
            let isPlain = plain.allSatisfy { $0.isLetter || $0.isNumber || "_+-.".contains($0) }
            return isPlain && !plain.isEmpty ? String(plain) : nil
        }
        var result = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote { return isRest(rest) ? result : nil }
            guard character == "\\", quote == "\"" else {
                result.append(character)
                continue
            }
            switch rest.popFirst() {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "\"": result.append("\"")
            case "\\": result.append("\\")
            default: return nil
            }
        }
        return nil
    }

    /// Nothing but a comment.
    private static func isRest(_ text: Substring) -> Bool {
        let text = trimmed(text)
        return text.isEmpty || text.hasPrefix("#")
    }

    private static func isKey(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
