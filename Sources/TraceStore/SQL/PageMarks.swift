import Synchronization
import TraceModel

/// Where pages of the list of traces ended, and how many traces there are: right until the store changes.
///
/// A page deep in the list starts at the nearest end that is known instead of passing everything before it again, so that who
/// turns pages pays for pages only.
final class PageMarks: Sendable {
    /// A state of the store: equal when nothing was written in between.
    struct Moment: Hashable, Sendable {
        var revision: Int64
        var events: Int64
        var traces: Int64
    }

    /// Which list.
    struct List: Hashable, Sendable {
        var service: String?
        var eventsMin: Int
    }

    /// The last trace of a page, and how many there are up to and with it.
    struct Mark: Sendable {
        var count: Int
        var last: Int64
        var id: TraceID
    }

    fileprivate struct Known {
        var total: Int
        /// By their count.
        var marks: [Mark] = []
    }

    private struct State {
        var moment: Moment?
        var lists: [List: Known] = [:]
    }

    /// Lists, and ends of pages of each: clients that make names up do not fill memory.
    private static let listsMax = 64
    private static let marksMax = 1_024

    private let state = Mutex(State())

    /// How long a list is; `nil` when nobody counted it since the store changed.
    func total(of list: List, at moment: Moment) -> Int? {
        state.withLock { $0.moment == moment ? $0.lists[list]?.total : nil }
    }

    /// The last end of a page at or before an offset.
    func nearest(_ offset: Int, in list: List, at moment: Moment) -> Mark? {
        state.withLock { state in
            guard state.moment == moment, let marks = state.lists[list]?.marks else { return nil }
            let after = marks.partition(above: offset)
            return after > 0 ? marks[after - 1] : nil
        }
    }

    /// Keeps what was counted and, where a page was not the last, its end.
    func note(_ mark: Mark?, total: Int, of list: List, at moment: Moment) {
        state.withLock { state in
            if state.moment != moment {
                // An answer that began before the change says nothing about the list after it.
                if let kept = state.moment, kept.revision > moment.revision { return }
                state = State(moment: moment)
            }
            if state.lists[list] == nil, state.lists.count >= Self.listsMax { state.lists.removeAll() }
            guard let mark else {
                if state.lists[list] == nil { state.lists[list] = Known(total: total) }
                return
            }
            state.lists[list, default: Known(total: total)].add(mark, max: Self.marksMax)
        }
    }
}

extension PageMarks.Known {
    fileprivate mutating func add(_ mark: PageMarks.Mark, max: Int) {
        let place = marks.partition(above: mark.count - 1)
        if place < marks.count, marks[place].count == mark.count { return }
        guard marks.count < max else { return }
        marks.insert(mark, at: place)
    }
}

extension [PageMarks.Mark] {
    /// Index of the first mark with a greater count.
    fileprivate func partition(above count: Int) -> Int {
        var (low, high) = (0, self.count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].count > count { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
