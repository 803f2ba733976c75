import Testing
import TraceModel

@testable import TraceStore

/// What is remembered of a list, and for how long.
@Suite struct `Ends of pages` {
    private static let moment = PageMarks.Moment(revision: 1, events: 1, traces: 1)
    private static let list = PageMarks.List(service: "web", eventsMin: 0)

    private static func mark(_ count: Int) -> PageMarks.Mark {
        PageMarks.Mark(count: count, last: Int64(count), id: .zero)
    }

    @Test func `the nearest one at or before an offset is found, in whatever order they came`() {
        let marks = PageMarks()
        for count in [30, 10, 40, 10, 20] { marks.note(Self.mark(count), total: 50, of: Self.list, at: Self.moment) }
        let nearest: [(Int, Int?)] = [(0, nil), (9, nil), (10, 10), (19, 10), (20, 20), (39, 30), (1_000, 40)]
        for (offset, expected) in nearest {
            #expect(marks.nearest(offset, in: Self.list, at: Self.moment)?.count == expected, "\(offset)")
        }
        #expect(marks.total(of: Self.list, at: Self.moment) == 50)
        let other = PageMarks.List(service: nil, eventsMin: 0)
        #expect(marks.nearest(30, in: other, at: Self.moment) == nil && marks.total(of: other, at: Self.moment) == nil)
    }

    @Test func `a change forgets all, and an answer from before it adds nothing`() {
        let marks = PageMarks()
        marks.note(Self.mark(10), total: 50, of: Self.list, at: Self.moment)
        let later = PageMarks.Moment(revision: 2, events: 1, traces: 1)
        #expect(marks.nearest(10, in: Self.list, at: later) == nil)
        marks.note(nil, total: 51, of: Self.list, at: later)
        marks.note(Self.mark(20), total: 50, of: Self.list, at: Self.moment)
        #expect(marks.total(of: Self.list, at: later) == 51)
        #expect(marks.nearest(20, in: Self.list, at: later) == nil)
        #expect(marks.nearest(20, in: Self.list, at: Self.moment) == nil)
    }

    @Test func `names that are made up do not fill memory`() {
        let marks = PageMarks()
        for number in 0..<1_000 {
            let list = PageMarks.List(service: "\(number)", eventsMin: number)
            marks.note(nil, total: 0, of: list, at: Self.moment)
        }
        let kept = (0..<1_000).filter { number in
            marks.total(of: PageMarks.List(service: "\(number)", eventsMin: number), at: Self.moment) != nil
        }
        #expect(kept.count <= 64 && kept.contains(999))
    }
}
