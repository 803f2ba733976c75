import Glibc
import Synchronization

/// The terminal taken over for a full screen, and given back however the command ends.
///
/// Raw mode (termios), the alternate screen, and repaints that write only the lines that changed, each as one synchronized update.
final class TerminalSession {
    enum Input: Sendable {
        case key(TopState.Key)
        case resized
        /// A signal that asks to end: SIGINT, SIGTERM, SIGHUP.
        case ended(Int32)
    }

    private var saved = termios()
    private var painted: [String] = []
    private var isOpen = false
    private let signals: SignalPipe

    /// Takes over the terminal; `nil` when standard input and output are none, or one that cannot be drawn on.
    init?() {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, Console.environment("TERM") ?? "dumb" != "dumb",
            tcgetattr(STDIN_FILENO, &saved) == 0, let signals = SignalPipe()
        else { return nil }
        self.signals = signals
        var raw = saved
        cfmakeraw(&raw)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0 else { return nil }
        isOpen = true
        Console.write(Array("\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J".utf8))
    }

    /// Gives the terminal back. More than once does no harm.
    func close() {
        guard isOpen else { return }
        isOpen = false
        Console.write(Array("\u{1b}[0m\u{1b}[?25h\u{1b}[?1049l".utf8))
        _ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved)
        signals.restore()
    }

    deinit { close() }

    /// Columns and rows.
    var size: (width: Int, height: Int) {
        var window = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    /// Shows the lines; only those that changed are written, all of them after `forget`.
    func paint(_ lines: [String]) {
        var text = ""
        for (row, line) in lines.enumerated() where row >= painted.count || painted[row] != line {
            text += "\u{1b}[\(row + 1);1H\(line)\u{1b}[K"
        }
        painted = lines
        guard !text.isEmpty else { return }
        Console.write(Array("\u{1b}[?2026h\(text)\u{1b}[?2026l".utf8))
    }

    /// Clears the screen, whose size changed.
    func forget() {
        painted = []
        Console.write(Array("\u{1b}[2J".utf8))
    }

    /// Keys and signals as they come. The thread that waits for them ends with the process.
    func inputs() -> AsyncStream<Input> {
        let (stream, continuation) = AsyncStream.makeStream(of: Input.self)
        let reading = signals.reading
        let thread = Waiter { Self.wait(reading, continuation) }
        thread.start()
        return stream
    }

    private static func wait(_ signals: Int32, _ continuation: AsyncStream<Input>.Continuation) {
        var keys = [UInt8](repeating: 0, count: 64)
        var number: UInt8 = 0
        while true {
            var waiting = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waiting, 2, -1) >= 0 || errno == EINTR else { break }
            if waiting[1].revents != 0, read(signals, &number, 1) == 1 {
                continuation.yield(Int32(number) == SIGWINCH ? .resized : .ended(Int32(number)))
            }
            if waiting[0].revents != 0 {
                let count = read(STDIN_FILENO, &keys, keys.count)
                // A terminal that went away ends the command as a hang-up does.
                guard count > 0 else {
                    continuation.yield(.ended(SIGHUP))
                    break
                }
                for input in KeyReader.inputs(keys.prefix(count)) { continuation.yield(input) }
            }
        }
        continuation.finish()
    }
}

/// The bytes of a terminal as keys.
enum KeyReader {
    static func inputs(_ bytes: some Collection<UInt8>) -> [TerminalSession.Input] {
        var rest = Array(bytes)[...]
        var found: [TerminalSession.Input] = []
        while let first = rest.popFirst() {
            switch first {
            case 0x03, 0x04: found.append(.ended(SIGINT))
            case 0x0c: found.append(.resized)
            case 0x0a, 0x0d: found.append(.key(.enter))
            case 0x1b:
                // A sequence comes in one piece; an escape by itself is the key.
                guard let next = rest.first, next == UInt8(ascii: "[") || next == UInt8(ascii: "O") else {
                    found.append(.key(.escape))
                    continue
                }
                rest.removeFirst()
                let end = rest.firstIndex { 0x40...0x7e ~= $0 } ?? rest.endIndex
                let code = String(decoding: rest[..<min(end + 1, rest.endIndex)], as: UTF8.self)
                rest = rest[min(end + 1, rest.endIndex)...]
                if let key = sequences[code] { found.append(.key(key)) }
            case 0x20...0x7e: found.append(.key(.letter(Character(Unicode.Scalar(first)))))
            default: break
            }
        }
        return found
    }

    private static let sequences: [String: TopState.Key] = [
        "A": .up, "B": .down, "5~": .pageUp, "6~": .pageDown, "H": .first, "F": .last, "1~": .first, "4~": .last,
    ]
}
