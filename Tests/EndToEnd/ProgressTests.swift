import Testing

@testable import raceway

@Suite struct `Progress of long work` {
    @Test func `a line says what, how much, how fast and how long, within the width`() {
        let status = Progress.Status(step: "reading run.jsonl", total: 1_000_000_000, done: 610_000_000)
        #expect(
            Progress.line(status, seconds: 2, width: 100)
                == "reading run.jsonl  ████████████░░░░░░░░  61 %  305 MB/s  2 s"
        )
        let long = Progress.Status(step: String(repeating: "x", count: 300), total: 10, done: 5)
        #expect(DisplayWidth.of(Progress.line(long, seconds: 2, width: 80)) <= 79)
    }

    @Test func `nothing is claimed of what is not known`() {
        let one = Progress.Status(step: "reading -", total: 0, done: 0)
        #expect(Progress.line(one, seconds: 4, width: 80) == "reading -  4 s")
        let first = Progress.Status(step: "reading a", total: 100, done: 0)
        #expect(Progress.line(first, seconds: 4, width: 80) == "reading a  4 s")
    }
}
