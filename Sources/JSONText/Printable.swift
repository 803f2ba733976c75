/// Makes text from a trace safe to show: a variable named `ESC [2J` must not clear the screen, and one with a
/// right-to-left override must not reorder the line it stands in.
public enum Printable {
    /// `text` with control, line-breaking and direction-changing characters written as `\u{…}`, cut to `limit`
    /// characters with an ellipsis.
    public static func text(_ text: String, limit: Int = 200) -> String {
        guard needsWork(text, limit: limit) else { return text }
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit { return result + "…" }
            count += 1
            if isHazard(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A JSON value in running text: short, on one line.
    public static func value(_ json: String) -> String { text(json, limit: 60) }

    private static func needsWork(_ text: String, limit: Int) -> Bool {
        text.utf8.count > limit || text.unicodeScalars.contains(where: isHazard)
    }

    private static func isHazard(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0: true  // C0, DEL, C1
        case 0x061c, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff: true  // breaks, directions, invisible
        case 0xfff9...0xfffb, 0xfffe, 0xffff: true  // interlinear annotation, non-characters
        case 0xe0000...0xe007f: true  // tags: invisible
        default: false
        }
    }
}
