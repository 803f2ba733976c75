import Glibc
import Reporting

/// The two streams of the process, and what they can show.
enum Console {
    /// Writes results. A reader that went away ends the process quietly, as `| head` expects.
    static func write(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

    /// Writes results, one line.
    static func print(_ line: String) { write(Array((line + "\n").utf8)) }

    /// Writes a hint or progress.
    ///
    /// Names of files and arguments come from elsewhere: nothing in them may steer a terminal.
    static func hint(_ line: String) { write(Array((printable(line) + "\n").utf8), to: STDERR_FILENO) }

    /// The lines of a message, each without what could steer a terminal.
    static func printable(_ message: String) -> String {
        message.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Terminal.printable(String($0), limit: lineMax) }.joined(separator: "\n")
    }

    /// No line of a message is longer; what is, repeats its input.
    private static let lineMax = 4_000

    /// Writes results to a file, or to standard output when there is no path or it is `-`.
    ///
    /// - Returns: the file that was written.
    static func write(_ bytes: [UInt8], to path: String?) throws(CommandFailure) -> String? {
        guard let path, path != "-" else {
            write(bytes)
            return nil
        }
        try FileBytes.write(bytes, to: path)
        return Terminal.printable(path)
    }

    /// Writes what went on although something was wrong.
    static func warn(_ message: String) { hint("raceway: warning: \(message)") }

    /// Writes why the command ends.
    static func error(_ message: String) { hint("raceway: error: \(message)") }

    /// How text on standard output looks: colour as asked; line drawing except on a terminal that has no UTF-8.
    static func style(color: ColorChoice) -> TextStyle {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let wanted =
            switch color {
            case .always: true
            case .never: false
            case .auto: environment("CLICOLOR_FORCE") != nil || (isTerminal && environment("NO_COLOR") == nil)
            }
        return TextStyle(color: wanted, unicode: !isTerminal || localeIsUTF8)
    }

    /// An environment variable that is set and not empty.
    static func environment(_ name: String) -> String? {
        guard let text = getenv(name), text.pointee != 0 else { return nil }
        return String(cString: text)
    }

    private static var localeIsUTF8: Bool {
        let locale = environment("LC_ALL") ?? environment("LC_CTYPE") ?? environment("LANG") ?? ""
        let name = locale.lowercased()
        return name.hasSuffix("utf-8") || name.hasSuffix("utf8")
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    // 141 is what a shell reports for a process that a closed pipe ended.
                    if errno == EPIPE { Glibc.exit(141) }
                    // A report that nobody has must not look like a clean one.
                    if descriptor == STDOUT_FILENO {
                        error("the result cannot be written: \(String(cString: strerror(errno)))")
                        Glibc.exit(ExitStatus.unusableInput)
                    }
                    return
                }
            }
        }
    }
}

/// When text is coloured: `--color`.
enum ColorChoice: String, CaseIterable {
    /// On a terminal, unless `NO_COLOR` is set.
    case auto
    case always
    case never
}
