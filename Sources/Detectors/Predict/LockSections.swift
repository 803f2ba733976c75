import Causality
import TraceModel

/// Every stretch during which a task held a lock, by position in the causal order; locks that did not behave like locks have
/// none, their observed order is kept as it is.
struct LockSections {
    /// One claim from its outermost acquire to its release.
    struct Section {
        var lock: UInt32
        var task: UInt32
        /// Position of the acquire.
        var acquire: UInt32
        /// Position of the release, ``never`` when there is none.
        var release: UInt32
        /// Where the section stands among the sections of its lock: of two that exclude each other the one with the smaller
        /// key came first.
        var key: UInt32
        var shared: Bool
    }

    static let never = UInt32.max
    private static let block = 256

    /// A failed acquire, and the section that it ran into.
    struct Refusal {
        var position: UInt32
        var section: Int
    }

    /// In the order of the acquires.
    private(set) var sections: ContiguousArray<Section> = []
    /// In causal order; only those whose obstacle was seen.
    private(set) var refusals: ContiguousArray<Refusal> = []
    /// The last release of each block of sections, so that a window finds what is open at its start.
    private var lastReleases: ContiguousArray<UInt32> = []

    /// Pairs acquires with releases.
    ///
    /// - Parameter positionOfRow: place of each row in the causal order.
    /// - Complexity: O(lock operations).
    init(_ order: CausalOrder, _ batch: borrowing EventBatch, positionOfRow: ContiguousArray<UInt32>) {
        var open: [UInt64: Int] = [:]
        var holder: [UInt32: Int] = [:]
        for step in order.lockSteps where !order.irregularLocks.contains(step.lock) {
            let claim = UInt64(step.holder) << 32 | UInt64(step.lock)
            let position = positionOfRow[Int(step.row)]
            switch step.effect {
            case .acquired:
                open[claim] = sections.count
                holder[step.lock] = sections.count
                let flags = batch.flags[Int(step.row)]
                sections.append(
                    Section(
                        lock: step.lock,
                        task: step.holder,
                        acquire: position,
                        release: Self.never,
                        // An acquire that was logged before the lock was held says nothing about who came first; its release does.
                        key: flags.contains(.advisory) ? Self.never : position,
                        shared: flags.contains(.shared)
                    )
                )
            case .released:
                guard let section = open.removeValue(forKey: claim) else { continue }
                sections[section].release = position
                if sections[section].key == Self.never { sections[section].key = position }
            case .refused:
                guard let section = holder[step.lock], sections[section].release == Self.never,
                    sections[section].task != step.holder
                else { continue }
                refusals.append(Refusal(position: position, section: section))
            case .reentered, .unwound, .unmatched: break
            }
        }
        for start in stride(from: 0, to: sections.count, by: Self.block) {
            lastReleases.append(sections[start..<min(start + Self.block, sections.count)].map(\.release).max() ?? 0)
        }
    }

    /// Sections with a part in a range of positions, in the order of their acquires.
    ///
    /// - Complexity: O(sections in the range, plus blocks before it).
    func overlapping(_ range: Range<Int>) -> ContiguousArray<Section> {
        var result: ContiguousArray<Section> = []
        let first = firstSection(atOrAfter: range.lowerBound)
        for (number, last) in lastReleases.enumerated() where last >= UInt32(range.lowerBound) {
            let start = number * Self.block
            if start >= first { break }
            for section in sections[start..<min(start + Self.block, first)]
            where section.release >= UInt32(range.lowerBound) { result.append(section) }
        }
        for section in sections[first...] {
            if section.acquire >= UInt32(range.upperBound) { break }
            result.append(section)
        }
        return result
    }

    private func firstSection(atOrAfter position: Int) -> Int {
        var low = 0
        var high = sections.count
        while low < high {
            let middle = (low + high) / 2
            if Int(sections[middle].acquire) < position { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
