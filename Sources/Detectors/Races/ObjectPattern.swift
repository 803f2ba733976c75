/// Generalises names so that one bug on many rows is one finding: `account:42.balance` and `account:7.balance` are `account:*.balance`.
enum ObjectPattern {
    /// Replaces runs of digits, and words that are hexadecimal ids or UUIDs, by `*`.
    ///
    /// - Complexity: O(*n*).
    static func of(_ name: String) -> String {
        var result = ""
        var word: [Unicode.Scalar] = []
        func flush() {
            guard !word.isEmpty else { return }
            result += isIdentifier(word) ? "*" : digitsGeneralised(word)
            word.removeAll(keepingCapacity: true)
        }
        for scalar in name.unicodeScalars {
            if isWord(scalar) {
                word.append(scalar)
            } else {
                flush()
                result.unicodeScalars.append(scalar)
            }
        }
        flush()
        return result
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "a"..."z", "A"..."Z", "-", "_": true
        default: false
        }
    }

    /// Sixteen or more hexadecimal digits with at least one digit and dashes only as a UUID has them.
    private static func isIdentifier(_ word: [Unicode.Scalar]) -> Bool {
        var hex = 0
        var digits = 0
        for scalar in word {
            switch scalar {
            case "0"..."9":
                hex += 1
                digits += 1
            case "a"..."f", "A"..."F": hex += 1
            case "-": break
            default: return false
            }
        }
        return hex >= 16 && digits > 0
    }

    private static func digitsGeneralised(_ word: [Unicode.Scalar]) -> String {
        var result = ""
        var inDigits = false
        for scalar in word {
            if ("0"..."9").contains(scalar) {
                if !inDigits { result += "*" }
                inDigits = true
            } else {
                inDigits = false
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
