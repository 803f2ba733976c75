import Testing

@testable import Detectors

/// The compact tables of versions against their definitions.
@Suite struct IsolationVersionTests {
    @Test func `own versions are found alike in short and in long transactions`() {
        var random = SplitMix(seed: 12)
        for count in [1, 5, 15, 16, 17, 60] {
            var versions: ContiguousArray<StoreVersion> = []
            var own = OwnVersions(transactions: 3)
            for step in 0..<count * 3 {
                let transaction = step % 3
                let key = Int(random.next() % 4)
                // A lock may let an earlier statement take effect later.
                let statement = step + Int(random.next() % 3)
                versions.append(
                    StoreVersion(key: key, transaction: transaction, statement: statement, position: step, start: step)
                )
                own.add(step, versions)
            }
            for transaction in 0..<3 {
                for key in 0..<5 {
                    let mine = versions.indices.filter {
                        versions[$0].transaction == transaction && versions[$0].key == key
                    }
                    for moment in 0...count * 3 + 3 {
                        let last = mine.last { versions[$0].position < moment }
                        #expect(own.last(of: transaction, key, before: moment, versions) == last)
                        let first = mine.first { versions[$0].statement > moment }
                        #expect(own.first(of: transaction, key, after: moment, versions) == first)
                    }
                }
            }
        }
    }

    @Test func `a version is found by its number whatever order the numbers come in`() {
        var random = SplitMix(seed: 13)
        for isRising in [true, false] {
            var store = StoreVersions()
            let key = store.key("t", "1")
            var numbers: [Int64: [Int]] = [:]
            var number: Int64 = 0
            for step in 0..<200 {
                number = isRising ? number + 1 + Int64(random.next() % 3) : Int64(random.next() % 90) - 1
                let version = StoreVersion(
                    key: key,
                    transaction: step,
                    statement: step,
                    number: number,
                    position: step,
                    start: step
                )
                let index = store.add(version, .unknown)
                if number >= 0 { numbers[number, default: []].insert(index, at: 0) }
            }
            for wanted in Int64(0)..<700 {
                #expect(store.versions(of: key, numbered: wanted) == numbers[wanted] ?? [])
            }
        }
    }
}
