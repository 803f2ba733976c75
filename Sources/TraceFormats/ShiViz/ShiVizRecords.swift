/// Cuts a ShiViz log into its entries.
struct ShiVizRecords {
    struct Record {
        /// 1-based: the line for JSON lines, the position among the entries for the text forms.
        var number: Int
        /// 1-based line of the clock.
        var line: Int
        /// The entry, or the clock of the text forms.
        var json: Range<Int>
        var host: Range<Int>?
        var event: Range<Int>?
        /// False for a clock whose event is missing.
        var isComplete = true
    }

    private enum Form {
        case jsonLines, clockFirst, eventFirst
    }

    private struct Header {
        var host: Range<Int>
        var clock: Range<Int>
    }

    private let text: UnsafeRawBufferPointer
    private var scanner: LineScanner
    private let form: Form
    private var count = 0
    /// A clock that was met while another one waited for its event.
    private var pending: (header: Header, line: Int)?

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
        scanner = LineScanner(text)
        form = Self.form(of: text)
    }

    mutating func next() -> Record? {
        switch form {
        case .jsonLines:
            guard let (line, number) = nextLine() else { return nil }
            return Record(number: number, line: number, json: line)
        case .clockFirst: return nextAfterClock()
        case .eventFirst: return nextBeforeClock()
        }
    }

    private mutating func nextAfterClock() -> Record? {
        var waiting = pending
        pending = nil
        while true {
            let line = nextLine()
            let header = line.flatMap { Self.header(text, $0.line) }
            if let waiting {
                if let line, let header { pending = (header, line.number) }
                return record(waiting.header, waiting.line, event: header == nil ? line?.line : nil)
            }
            guard let line else { return nil }
            // A line before the first clock belongs to nothing.
            if let header { waiting = (header, line.number) }
        }
    }

    private mutating func nextBeforeClock() -> Record? {
        var event: Range<Int>?
        while let (line, number) = nextLine() {
            if let header = Self.header(text, line) { return record(header, number, event: event) }
            event = line
        }
        return nil
    }

    private mutating func record(_ header: Header, _ line: Int, event: Range<Int>?) -> Record {
        count += 1
        return Record(
            number: count,
            line: line,
            json: header.clock,
            host: header.host,
            event: event,
            isComplete: event != nil
        )
    }

    /// The next line that is not blank.
    private mutating func nextLine() -> (line: Range<Int>, number: Int)? {
        while let range = scanner.next() {
            let line = LineScanner.trim(range, in: text)
            if !line.isEmpty { return (line, scanner.line) }
        }
        return nil
    }

    private static func form(of text: UnsafeRawBufferPointer) -> Form {
        var scanner = LineScanner(text)
        while let range = scanner.next() {
            let line = LineScanner.trim(range, in: text)
            guard let first = line.first else { continue }
            if text[first] == Byte.openBrace { return .jsonLines }
            return header(text, line) == nil ? .eventFirst : .clockFirst
        }
        return .jsonLines
    }

    /// `host {…}`.
    private static func header(_ text: UnsafeRawBufferPointer, _ line: Range<Int>) -> Header? {
        guard text[line.upperBound - 1] == Byte.closeBrace, let blank = text[line].firstIndex(of: Byte.space) else {
            return nil
        }
        let clock = LineScanner.trim(blank..<line.upperBound, in: text)
        guard blank > line.lowerBound, text[clock.lowerBound] == Byte.openBrace else { return nil }
        return Header(host: line.lowerBound..<blank, clock: clock)
    }

    /// True when the beginning of a text is in one of the two-line forms.
    static func looksLikeText(_ text: UnsafeRawBufferPointer) -> Bool {
        var scanner = LineScanner(text)
        var seen = 0
        while seen < 2, let range = scanner.next() {
            let line = LineScanner.trim(range, in: text)
            if line.isEmpty { continue }
            seen += 1
            // The clock of an entry names its own host.
            if let header = header(text, line) {
                let name = "\"" + String(decoding: text[header.host], as: UTF8.self) + "\""
                if String(decoding: text[header.clock], as: UTF8.self).contains(name) { return true }
            }
        }
        return false
    }
}
