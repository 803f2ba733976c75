import Glibc
import Synchronization

/// What goes on, on standard error: one line that is drawn again and erased at the end on a terminal, else a line every ten seconds.
///
/// Nothing is shown for work that is over within 300 ms.
final class Progress: Sendable {
    /// What is known of the work at one moment.
    struct Status: Sendable, Hashable {
        /// `reading trace.jsonl`
        var step: String
        /// Bytes of all inputs, and of those that are done; no bar without a total.
        var total = 0
        var done = 0
    }

    private struct State {
        var status: Status
        var ended = false
        var drawn = false
    }

    private static let quiet = 0.3
    private static let pauseMilliseconds: Int32 = 100
    private static let lineEvery = 10.0

    private let state: Mutex<State>
    private let isTerminal: Bool
    private let start = ContinuousClock.now

    init(_ step: String) {
        state = Mutex(State(status: Status(step: step)))
        isTerminal = isatty(STDERR_FILENO) == 1 && Console.environment("TERM") ?? "dumb" != "dumb"
        let keep = self
        Waiter { keep.watch() }.start()
    }

    /// Goes on with another step.
    func step(_ text: String) { state.withLock { $0.status.step = text } }

    /// So many bytes are there to be done.
    func expect(_ bytes: Int) { state.withLock { $0.status.total = bytes } }

    /// So many bytes more are done.
    func advance(_ bytes: Int) { state.withLock { $0.status.done += bytes } }

    /// Erases the line, so that something else can be said there; the next look draws it again.
    func clear() {
        state.withLock { state in if state.drawn && isTerminal { Self.write("\r\u{1b}[K") } }
    }

    /// Erases what was shown, for good.
    func end() {
        state.withLock { state in
            guard !state.ended else { return }
            state.ended = true
            if state.drawn && isTerminal { Self.write("\r\u{1b}[K") }
        }
    }

    deinit { end() }

    private func watch() {
        var nextLine = Self.lineEvery
        while true {
            _ = poll(nil, 0, Self.pauseMilliseconds)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let isOver = state.withLock { state in
                if state.ended { return true }
                if isTerminal, seconds >= Self.quiet {
                    state.drawn = true
                    Self.write("\r" + Self.line(state.status, seconds: seconds, width: Self.width) + "\u{1b}[K")
                } else if !isTerminal, seconds >= nextLine {
                    nextLine += Self.lineEvery
                    Self.write(Self.line(state.status, seconds: seconds, width: 100) + "\n")
                }
                return false
            }
            if isOver { return }
        }
    }

    /// `reading run.jsonl  ██████░░░░░░░░░░░░░░  31 %  412 MB/s  3 s`
    static func line(_ status: Status, seconds: Double, width: Int) -> String {
        var tail = ""
        // Of one input nothing is known before it is done, so a bar would only stand still.
        if status.total > 0, status.done > 0 {
            let part = min(1, Double(status.done) / Double(status.total))
            let full = Int(part * 20)
            let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
            tail += "  \(bar)  \(Int(part * 100)) %"
            if seconds > 0 { tail += "  \(Amount.bytes(Int(Double(status.done) / seconds)))/s" }
        }
        tail += "  \(Int(seconds)) s"
        return DisplayWidth.cut(status.step, to: max(10, width - 1 - DisplayWidth.of(tail))) + tail
    }

    private static var width: Int {
        var window = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 20
        return isKnown ? Int(window.ws_col) : 80
    }

    private static func write(_ text: String) {
        var bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, &bytes, bytes.count)
    }
}
