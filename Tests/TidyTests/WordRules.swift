/// Rules that look at one line, sometimes with the line above it.
enum WordRules {
    /// Words that may stand nowhere in code. Written in halves so that this file passes its own rule.
    static let banned = ["try" + "!", "as" + "!", "TO" + "DO", "FIX" + "ME", "X" + "XX"]

    /// Constructs that are fine with their reason next to them.
    static let needReason = ["fatal" + "Error(", "@unchecked " + "Sendable", "nonisolated(" + "unsafe)"]

    /// Folders that only a developer's machine has, as the beginnings of absolute paths.
    static let machineFolders = ["tmp", "work", "root", "farm", "home", "Users", "opt/swift"].map { "/" + $0 + "/" }

    /// Where a machine-looking path means something else. Each with its reason.
    static let pathsAllowed: [String: String] = [:]

    /// Uses of a banned word, as `path:line: what`.
    static func bannedWords(in file: SourceFile) -> [String] {
        file.lines.enumerated().flatMap { index, line in
            banned.filter { contains(line, word: $0) }.map { "\(file.path):\(index + 1): `\($0)`" }
        }
    }

    /// Uses of a dangerous construct without a comment on its line or directly above.
    static func unexplained(in file: SourceFile) -> [String] {
        file.lines.indices.flatMap { index in
            let line = file.lines[index]
            let above = index > 0 ? file.lines[index - 1] : ""
            let explained = line.contains("//") || above.drop(while: { $0 == " " }).hasPrefix("//")
            return explained
                ? []
                : needReason.filter { line.contains($0) }.map {
                    "\(file.path):\(index + 1): `\($0)` without its reason"
                }
        }
    }

    /// Absolute paths of somebody's machine. A path is absolute when nothing path-like stands before its slash.
    static func machinePaths(in file: SourceFile) -> [String] {
        guard pathsAllowed[file.path] == nil else { return [] }
        return file.lines.enumerated().compactMap { index, line in
            machineFolders.contains { isAbsolute($0, in: line) } ? "\(file.path):\(index + 1): \(line)" : nil
        }
    }

    /// Characters that are drawn as pictures.
    static func emoji(in file: SourceFile) -> [String] {
        file.lines.enumerated().compactMap { index, line in
            let found = line.unicodeScalars.first { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }
            return found.map { "\(file.path):\(index + 1): U+\(String($0.value, radix: 16, uppercase: true))" }
        }
    }

    /// True when `word` stands in `line` and is not a part of a longer identifier.
    private static func contains(_ line: String, word: String) -> Bool {
        line.ranges(of: word).contains { range in
            let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
            let after = range.upperBound < line.endIndex ? line[range.upperBound] : " "
            return !isIdentifier(before) && (word.hasSuffix("!") ? after != "=" : !isIdentifier(after))
        }
    }

    private static func isAbsolute(_ folder: String, in line: String) -> Bool {
        line.ranges(of: folder).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !isIdentifier(before) && !"/.-}*)".contains(before)
        }
    }

    private static func isIdentifier(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
