/// How many columns of a terminal a text takes (Unicode Standard Annex 11, the wide ranges that names can hold).
enum DisplayWidth {
    /// Columns of a text without control characters.
    static func of(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
    }

    /// The text cut to a width, with an ellipsis when something was cut.
    static func cut(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        var result = ""
        var taken = 0
        for scalar in text.unicodeScalars {
            let columns = columns(of: scalar)
            if taken + columns > width - 1 { break }
            result.unicodeScalars.append(scalar)
            taken += columns
        }
        return result + "…"
    }

    /// The text cut and filled with spaces to exactly a width.
    static func fit(_ text: String, to width: Int, isRight: Bool = false) -> String {
        let cut = cut(text, to: width)
        let fill = String(repeating: " ", count: max(0, width - of(cut)))
        return isRight ? fill + cut : cut + fill
    }

    /// The text in lines of at most a width, broken at spaces where there are some; further lines are indented like the first.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        guard of(text) > width, width > 20 else { return [text] }
        let indent = String(text.prefix { " │├┌─".contains($0) }.map { $0 == "─" || $0 == "├" || $0 == "┌" ? " " : $0 })
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let longer = line.isEmpty ? String(word) : line + " " + word
            if of(longer) <= width || line.allSatisfy({ $0 == " " }) {
                line = longer
            } else {
                lines.append(line)
                line = indent + "  " + word
            }
        }
        return lines + [line]
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        guard scalar.value >= 0x300 else { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
            0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }
}
