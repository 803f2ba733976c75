import IngestEngine
import Testing
import TraceModel

/// What the next process finds, wherever this one was killed and whatever happened to the bytes.
@Suite struct LogCrashTests {
    typealias Log = WriteAheadLogTests

    @Test func `after every record, each acknowledged record is found by whoever opens a copy`() throws {
        let directory = FaultyDirectory()
        let log = try Log.open(directory)
        for number in 1...60 {
            #expect(log.append([Log.record(number)]).error == nil)
            for files in [directory.files, directory.durableFiles] {
                var recovery = LogRecovery()
                #expect(Log.contents(try Log.open(FaultyDirectory(files: files), &recovery)) == Array(1...number))
                #expect(recovery.isClean)
            }
        }
    }

    @Test func `cut at any byte, a log holds a beginning of what was appended and goes on`() throws {
        let directory = FaultyDirectory()
        let log = try Log.open(directory)
        for number in 1...12 { #expect(log.append([Log.record(number)]).error == nil) }
        let files = directory.durableFiles
        let name = try #require(files.keys.filter { $0.hasSuffix(".seg") }.max())
        let whole = try #require(files[name])
        for cut in stride(from: 0, through: whole.count, by: 7) {
            var cutFiles = files
            cutFiles[name] = Array(whole[..<cut])
            var recovery = LogRecovery()
            let next = try Log.open(FaultyDirectory(files: cutFiles), &recovery)
            let contents = Log.contents(next)
            #expect(contents == Array((1...12).prefix(contents.count)))
            #expect(next.append([Log.record(99)]).error == nil)
            #expect(Log.contents(next) == contents + [99])
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func `flipped bits cost records that are counted, never others`(
        seed: UInt64
    ) throws {
        var random = SplitMix(seed)
        let directory = FaultyDirectory()
        let log = try Log.open(directory)
        for number in 1...40 { #expect(log.append([Log.record(number)]).error == nil) }
        let files = directory.durableFiles
        let names = files.keys.filter { $0.hasSuffix(".seg") }.sorted()
        for _ in 0..<150 {
            var flipped = files
            let name = try #require(names.randomElement(using: &random))
            let bit = Int.random(in: 0..<8_192 * 8, using: &random)
            flipped[name]?[bit / 8] ^= 1 << UInt8(bit % 8)
            var recovery = LogRecovery()
            let next = try Log.open(FaultyDirectory(files: flipped), &recovery)
            let contents = Log.contents(next)
            #expect(Set(contents).isSubset(of: Set(1...40)))
            #expect(contents == contents.sorted())
            // One flip costs at most one record, or is in bytes that hold nothing.
            #expect(contents.count >= 39)
            if contents.last == 40 { #expect(recovery.lostRecords == UInt64(40 - contents.count)) }
            #expect(next.append([Log.record(41)]).error == nil)
            #expect(Log.contents(next) == contents + [41])
        }
    }

    @Test(arguments: 1...8) func `with faults at random, what was acknowledged is found and nothing else`(
        seed: Int
    ) throws {
        var random = SplitMix(UInt64(seed))
        var directory = FaultyDirectory()
        var log = try Log.open(directory)
        var acknowledged: [Int] = []
        var trimmed: UInt64 = 0
        var bySequence: [UInt64: Int] = [:]
        var number = 0
        for _ in 0..<150 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: directory.inject(.sync)
            case 1: directory.inject(.write(percent: Int.random(in: 0..<100, using: &random)))
            case 2: directory.inject(.create)
            case 3:
                directory = FaultyDirectory(files: directory.durableFiles)
                log = try Log.open(directory)
                #expect(Set(acknowledged).isSubset(of: Set(Log.contents(log))))
            case 4 where !bySequence.isEmpty:
                trimmed = max(trimmed, bySequence.keys.max().map { $0 / 2 } ?? 0)
                log.trim(through: trimmed)
                acknowledged.removeAll { number in bySequence.contains { $0.value == number && $0.key <= trimmed } }
            default:
                let records = (0..<Int.random(in: 1...4, using: &random)).map { number + 1 + $0 }
                number += records.count
                let result = log.append(records.map { Log.record($0) })
                for (index, record) in records.prefix(result.durable).enumerated() {
                    acknowledged.append(record)
                    bySequence[result.first + UInt64(index)] = record
                }
            }
            #expect(Set(acknowledged).isSubset(of: Set(Log.contents(log))))
        }
        #expect(number > 100)
    }
}
