/// `${NAME}` and `${NAME:-default}` in string values, and `$$` for a dollar sign.
///
/// Expanded after parsing, so that a value with quotes or line ends cannot change the meaning of the file.
enum VariableExpansion {
    struct Failure: Error, Equatable {
        var reason: String
        var remedy: String
    }

    /// The text with its variables filled in, `nil` when it names none.
    static func expand(_ text: String, _ environment: [String: String]) throws(Failure) -> String? {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return nil }
        var result = ""
        var rest = text[...]
        var isExpanded = false
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest.removeFirst()
                isExpanded = true
            } else if rest.first == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    throw Failure(reason: "a ${ has no }", remedy: "write $${ for the characters themselves")
                }
                result += try value(of: rest[rest.index(after: rest.startIndex)..<end], environment)
                rest = rest[rest.index(after: end)...]
                isExpanded = true
            } else {
                result += "$"
            }
        }
        return isExpanded ? result + rest : nil
    }

    private static func value(of reference: Substring, _ environment: [String: String]) throws(Failure) -> String {
        let separator = reference.firstRange(of: ":-")
        let name = String(separator.map { reference[..<$0.lowerBound] } ?? reference)
        guard isName(name) else {
            throw Failure(
                reason: "a ${…} does not name a variable",
                remedy: "a name has letters, digits and _; write $${ for the characters themselves"
            )
        }
        if let separator {
            // As in a shell, :- takes the default for an empty variable too.
            let value = environment[name] ?? ""
            return value.isEmpty ? String(reference[separator.upperBound...]) : value
        }
        guard let value = environment[name] else {
            throw Failure(
                reason: "the environment variable \(name) is not set",
                remedy: "set it, or write ${\(name):-default}"
            )
        }
        return value
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !TOMLReader.isDigit(first) else { return false }
        return name.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
        }
    }
}
