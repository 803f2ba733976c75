/// Finds an idempotency key in JSON text, wherever a sender put it: a header, an argument, a tag.
enum IdempotencyKey {
    /// The value of the first member whose name, without case and punctuation, is `idempotencykey` or `xidempotencykey`.
    ///
    /// Strings are told from other text and escapes are skipped over, nothing else is understood.
    ///
    /// - Complexity: O(bytes).
    static func find(in json: some RandomAccessCollection<UInt8>) -> String? {
        var index = json.startIndex
        while let open = json[index...].firstIndex(of: UInt8(ascii: "\"")) {
            let start = json.index(after: open)
            guard let end = closing(json, from: start) else { return nil }
            index = json.index(after: end)
            guard isName(json[start..<end]), let value = valueStart(json, after: index) else { continue }
            if json[value] == UInt8(ascii: "\"") {
                let text = json.index(after: value)
                guard let last = closing(json, from: text) else { return nil }
                return text == last ? nil : String(decoding: json[text..<last], as: UTF8.self)
            }
            let scalar = json[value...].prefix { $0 > 32 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
            let text = String(decoding: scalar, as: UTF8.self)
            if text != "null", !text.isEmpty, !"[{".contains(text.first ?? "[") { return text }
        }
        return nil
    }

    /// The quote that ends a string.
    private static func closing<C: RandomAccessCollection<UInt8>>(_ json: C, from start: C.Index) -> C.Index? {
        var index = start
        while index < json.endIndex {
            if json[index] == UInt8(ascii: "\"") { return index }
            if json[index] == UInt8(ascii: "\\") {
                index = json.index(after: index)
                if index == json.endIndex { return nil }
            }
            index = json.index(after: index)
        }
        return nil
    }

    /// Where the value of a member begins, when a colon follows its name.
    private static func valueStart<C: RandomAccessCollection<UInt8>>(_ json: C, after index: C.Index) -> C.Index? {
        guard let colon = json[index...].firstIndex(where: { $0 > 32 }), json[colon] == UInt8(ascii: ":") else {
            return nil
        }
        return json[json.index(after: colon)...].firstIndex { $0 > 32 }
    }

    private static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        guard bytes.count >= 14, bytes.count <= 24 else { return false }
        var letters: [UInt8] = []
        for byte in bytes {
            let folded = byte | 0x20
            if folded >= UInt8(ascii: "a"), folded <= UInt8(ascii: "z") { letters.append(folded) }
        }
        return letters.elementsEqual("idempotencykey".utf8) || letters.elementsEqual("xidempotencykey".utf8)
    }
}
