/// Why a value does not fit its key. Never quotes the value.
struct ValueFailure: Error, Equatable {
    var reason: String
}

extension ConfigurationKey {
    /// The value that a node of a file is for this key, its variables filled in.
    func value(of node: TOMLValue, _ environment: [String: String]) throws(ConversionFailure) -> ConfigurationValue {
        if case .string(let text) = node, let expanded = try expand(text, environment) {
            // A variable has no type of its own: "${PORT}" is a port.
            return try checked { () throws(ValueFailure) in try value(ofText: expanded) }
        }
        let converted: ConfigurationValue
        switch (node, kind) {
        case (.boolean(let value), .boolean): converted = .boolean(value)
        case (.boolean(let value), .toggle): converted = .text(value ? Toggle.on.rawValue : Toggle.off.rawValue)
        case (.boolean(let value), .choice(_, let onTrue?, let onFalse?)): converted = .text(value ? onTrue : onFalse)
        case (.integer(let value), .integer): converted = .integer(Int(value))
        case (.string(let text), .integer) where unit != .none:
            // Only what TOML cannot write as a number: "64MiB", "30s".
            guard Int(text) == nil else { throw .value(ValueFailure(reason: mismatch("a string"))) }
            converted = try checked { () throws(ValueFailure) in try value(ofText: text) }
        case (.string(let text), .toggle), (.string(let text), .choice):
            converted = try checked { () throws(ValueFailure) in try value(ofText: text) }
        case (.string(let text), .text): converted = .text(text)
        case (.array(let elements), .list):
            var list: [String] = []
            for element in elements {
                guard case .string(let text) = element.value else {
                    throw .value(ValueFailure(reason: mismatch("an array with \(element.value.kind)")))
                }
                list.append(try expand(text, environment) ?? text)
            }
            converted = .list(list)
        default: throw .value(ValueFailure(reason: mismatch(node.kind)))
        }
        return try checked { () throws(ValueFailure) in
            try check(converted)
            return converted
        }
    }

    /// The value that the text of a variable or a flag is for this key.
    func value(ofText text: String) throws(ValueFailure) -> ConfigurationValue {
        let value = try parsed(text)
        try check(value)
        return value
    }

    private func parsed(_ text: String) throws(ValueFailure) -> ConfigurationValue {
        let word = Self.normalized(text)
        switch kind {
        case .boolean:
            guard let value = Self.boolean(word) else { throw ValueFailure(reason: mismatch()) }
            return .boolean(value)
        case .toggle:
            if word == Toggle.auto.rawValue { return .text(word) }
            guard let value = Self.boolean(word) else { throw ValueFailure(reason: mismatch()) }
            return .text(value ? Toggle.on.rawValue : Toggle.off.rawValue)
        case .integer:
            return .integer(try Quantity.parse(text, unit: unit, mismatch: mismatch()))
        case .text: return .text(text)
        case .choice(let names, let onTrue, let onFalse):
            if let name = names.first(where: { Self.normalized($0) == word }) { return .text(name) }
            if let onTrue, let onFalse, let value = Self.boolean(word) { return .text(value ? onTrue : onFalse) }
            throw ValueFailure(reason: mismatch())
        case .list:
            guard text.first == "[" else {
                let parts = text.split(separator: ",", omittingEmptySubsequences: false)
                return .list(text.isEmpty ? [] : parts.map { String($0.trimmingBlanks()) })
            }
            guard let document = try? TOMLDocument("list = " + text), document.root.entries.count == 1,
                case .array(let elements)? = document.root["list"]
            else { throw ValueFailure(reason: mismatch()) }
            var list: [String] = []
            for element in elements {
                guard case .string(let text) = element.value else { throw ValueFailure(reason: mismatch()) }
                list.append(text)
            }
            return .list(list)
        }
    }

    /// Checks a value of the right type: range, emptiness, control characters.
    func check(_ value: ConfigurationValue) throws(ValueFailure) {
        switch (kind, value) {
        case (.boolean, .boolean): break
        case (.integer(let range), .integer(let number)):
            guard range.contains(number) else { throw ValueFailure(reason: "out of range, expected \(expectation)") }
        case (.text(let mayBeEmpty), .text(let text)):
            guard mayBeEmpty || !text.isEmpty else { throw ValueFailure(reason: "empty, expected \(expectation)") }
            try checkCharacters(text)
        case (.toggle, .text(let text)):
            guard Toggle(rawValue: text) != nil else { throw ValueFailure(reason: mismatch()) }
        case (.choice(let names, _, _), .text(let text)):
            guard names.contains(text) else { throw ValueFailure(reason: mismatch()) }
        case (.list, .list(let list)):
            for text in list {
                guard !text.isEmpty else { throw ValueFailure(reason: "has an empty element, expected \(expectation)") }
                try checkCharacters(text)
            }
        default: throw ValueFailure(reason: mismatch())
        }
    }

    private func checkCharacters(_ text: String) throws(ValueFailure) {
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
            throw ValueFailure(reason: "has control characters, expected text on one line")
        }
    }

    /// What was expected, with the unit.
    var expectation: String {
        unit == .none || unit == .requestsPerMinute ? kind.expectation : kind.expectation + " (\(unit.rawValue))"
    }

    private func mismatch(_ found: String? = nil) -> String {
        "expected \(expectation)" + (found.map { ", found \($0)" } ?? "")
    }

    private static func boolean(_ word: String) -> Bool? {
        switch word {
        case "true", "on", "yes", "1": true
        case "false", "off", "no", "0": false
        default: nil
        }
    }

    /// Lower case without separators, so that DropOldest is drop_oldest.
    private static func normalized(_ text: String) -> String {
        text.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    }

    private func expand(_ text: String, _ environment: [String: String]) throws(ConversionFailure) -> String? {
        do { return try VariableExpansion.expand(text, environment) } catch { throw .expansion(error) }
    }

    private func checked<T>(_ body: () throws(ValueFailure) -> T) throws(ConversionFailure) -> T {
        do { return try body() } catch { throw .value(error) }
    }
}

/// Why a node of a file is no value.
enum ConversionFailure: Error {
    case value(ValueFailure)
    case expansion(VariableExpansion.Failure)
}

extension StringProtocol {
    func trimmingBlanks() -> SubSequence {
        var result = self[...]
        while result.first == " " || result.first == "\t" { result.removeFirst() }
        while result.last == " " || result.last == "\t" { result.removeLast() }
        return result
    }
}
