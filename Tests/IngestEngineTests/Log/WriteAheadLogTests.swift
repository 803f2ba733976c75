import IngestEngine
import Testing
import TraceModel

@Suite struct WriteAheadLogTests {
    static let options = LogOptions(segmentBytes: 8_192, bytesMax: 64 << 10, sparesMax: 2)

    /// Opens a log and makes it this process's.
    static func open(_ directory: FaultyDirectory, _ recovery: inout LogRecovery) throws -> WriteAheadLog {
        let log = try WriteAheadLog(directory: directory, options: options, recovery: &recovery)
        try log.begin(epoch: log.previousEpoch + 1, next: 1)
        return log
    }

    static func open(_ directory: FaultyDirectory) throws -> WriteAheadLog {
        var recovery = LogRecovery()
        return try open(directory, &recovery)
    }

    static func record(_ number: Int, events: Int = 5) -> EncodedBatch {
        EncodedBatch(Sample.batch(trace: number, events: 1...events))
    }

    /// The traces of all records that can be read, in order: the number of each record.
    static func contents(_ log: WriteAheadLog) -> [Int] {
        log.sequences.compactMap { log.read($0)?.traces.first.map { Int($0.low) } }
    }

    @Test func `what was appended is read back in order, also by the next process`() throws {
        let directory = FaultyDirectory()
        let log = try Self.open(directory)
        for number in 1...40 {
            let result = log.append([Self.record(number)])
            #expect(result.first == UInt64(number))
            #expect(result.durable == 1)
            #expect(result.error == nil)
        }
        #expect(Self.contents(log) == Array(1...40))
        var recovery = LogRecovery()
        let next = try Self.open(FaultyDirectory(files: directory.durableFiles), &recovery)
        #expect(Self.contents(next) == Array(1...40))
        #expect(recovery.records == 40)
        #expect(recovery.last == 40)
        #expect(recovery.isClean)
        #expect(next.append([Self.record(41)]).first == 41)
        #expect(next.source == log.source)
    }

    @Test func `one sync serves a whole group`() throws {
        let log = try Self.open(FaultyDirectory())
        let result = log.append((1...5).map { Self.record($0, events: 1) })
        #expect(result.durable == 5)
        #expect(log.syncCount == 1)
    }

    @Test func `a group that spans segments is appended as a whole`() throws {
        let directory = FaultyDirectory()
        let log = try Self.open(directory)
        #expect(log.append((1...30).map { Self.record($0) }).durable == 30)
        #expect(Self.contents(try Self.open(FaultyDirectory(files: directory.files))) == Array(1...30))
    }

    @Test func `a record larger than a segment gets a segment of its size`() throws {
        let log = try Self.open(FaultyDirectory())
        #expect(log.append([Self.record(1, events: 300)]).error == nil)
        #expect(log.append([Self.record(2)]).error == nil)
        #expect(log.read(1)?.count == 300)
        #expect(Self.contents(log) == [1, 2])
    }

    @Test func `at its size limit the log refuses, keeps what it has, and goes on after a trim`() throws {
        let log = try Self.open(FaultyDirectory())
        var count = 0
        var error: LogError?
        while error == nil, count < 10_000 {
            error = log.append([Self.record(count + 1)]).error
            count += error == nil ? 1 : 0
        }
        #expect(error?.code == .full)
        #expect(log.bytesHeld <= Self.options.bytesMax)
        let payload = Self.record(1).bytes.count
        #expect(log.probe(payload: payload)?.code == .full)
        #expect(Self.contents(log) == Array(1...count))
        log.trim(through: UInt64(count / 2))
        #expect(log.probe(payload: payload) == nil)
        let result = log.append([Self.record(count + 1)])
        #expect(result.first == UInt64(count + 1))
        #expect(result.error == nil)
        #expect(Self.contents(log).suffix(count / 2) == Array((count + 1 - count / 2 + 1)...(count + 1))[...])
    }

    @Test func `a trimmed segment's file is used again and its old records never come back`() throws {
        let directory = FaultyDirectory()
        let log = try Self.open(directory)
        for number in 1...200 {
            let result = log.append([Self.record(number)])
            #expect(result.error == nil)
            log.trim(through: result.first)
        }
        #expect(directory.files.keys.contains { $0.hasSuffix(".spare") })
        #expect(directory.files.count < 8)
        var recovery = LogRecovery()
        let next = try Self.open(FaultyDirectory(files: directory.durableFiles), &recovery)
        let contents = Self.contents(next)
        #expect(contents.last == 200)
        #expect(contents == Array((200 - contents.count + 1)...200))
        #expect(recovery.isClean)
    }

    @Test func `a sync that fails is never tried again on the same file`() throws {
        let directory = FaultyDirectory()
        let log = try Self.open(directory)
        #expect(log.append([Self.record(1)]).error == nil)
        directory.inject(.sync)
        let result = log.append([Self.record(2), Self.record(3)])
        #expect(result.durable == 2)
        #expect(result.error == nil)
        #expect(directory.files.keys.count { $0.hasSuffix(".seg") } == 2)
        // Only what was synced counts: the records are in the second file.
        #expect(Self.contents(try Self.open(FaultyDirectory(files: directory.durableFiles))) == [1, 2, 3])
    }

    @Test func `a second failure refuses, and the numbers of what was refused are used again`() throws {
        let directory = FaultyDirectory()
        let log = try Self.open(directory)
        #expect(log.append([Self.record(1)]).error == nil)
        directory.inject(.sync)
        directory.inject(.create)
        let result = log.append([Self.record(2)])
        #expect(result.durable == 0)
        #expect(result.error?.code == .failed)
        let again = log.append([Self.record(3)])
        #expect(again.first == 2)
        #expect(again.error == nil)
        #expect(Self.contents(log) == [1, 3])
        #expect(Self.contents(try Self.open(FaultyDirectory(files: directory.durableFiles))) == [1, 3])
    }

    @Test(arguments: [0, 10, 50, 99]) func `a write cut short is written again elsewhere`(percent: Int) throws {
        let directory = FaultyDirectory()
        let log = try Self.open(directory)
        #expect(log.append([Self.record(1)]).error == nil)
        directory.inject(.write(percent: percent))
        #expect(log.append([Self.record(2), Self.record(3)]).error == nil)
        for files in [directory.files, directory.durableFiles] {
            var recovery = LogRecovery()
            #expect(Self.contents(try Self.open(FaultyDirectory(files: files), &recovery)) == [1, 2, 3])
            #expect(recovery.isClean)
        }
    }

    @Test func `a full disk refuses until there is room`() throws {
        let directory = FaultyDirectory()
        let log = try Self.open(directory)
        directory.limit(bytes: 8_500)
        var count = 0
        var error: LogError?
        while error == nil, count < 1_000 {
            error = log.append([Self.record(count + 1)]).error
            count += error == nil ? 1 : 0
        }
        #expect(error?.code == .noSpace)
        #expect(log.probe()?.code == .noSpace)
        directory.limit(bytes: .max)
        #expect(log.probe() == nil)
        #expect(log.append([Self.record(count + 1)]).error == nil)
        #expect(Self.contents(log) == Array(1...(count + 1)))
        #expect(Self.contents(try Self.open(FaultyDirectory(files: directory.durableFiles))) == Array(1...(count + 1)))
    }

    @Test func `records of a damaged middle are counted and their neighbours are kept`() throws {
        let directory = FaultyDirectory()
        let log = try Self.open(directory)
        for number in 1...8 { #expect(log.append([Self.record(number)]).error == nil) }
        var files = directory.durableFiles
        let name = try #require(files.keys.first { $0.hasSuffix(".seg") })
        let size = (EncodedBatch(Sample.batch(trace: 1, events: 1...5)).bytes.count + 24 + 7) / 8 * 8
        // The payload of the third record, and the head of the fifth.
        files[name]?[128 + size * 2 + 40] ^= 0x10
        files[name]?[128 + size * 4 + 5] ^= 0x10
        var recovery = LogRecovery()
        let next = try Self.open(FaultyDirectory(files: files), &recovery)
        #expect(Self.contents(next) == [1, 2, 4, 6, 7, 8])
        #expect(recovery.damagedSpans == 2)
        #expect(recovery.lostRecords == 2)
        #expect(!recovery.isClean)
        #expect(next.append([Self.record(9)]).first == 9)
        next.trim(through: 8)
    }

    @Test func `one damaged copy of a head costs nothing, both cost the segment and not the log`() throws {
        let directory = FaultyDirectory()
        let log = try Self.open(directory)
        for number in 1...40 { #expect(log.append([Self.record(number)]).error == nil) }
        let names = directory.durableFiles.keys.filter { $0.hasSuffix(".seg") }.sorted()
        var files = directory.durableFiles
        files[names[0]]?[3] ^= 1
        var recovery = LogRecovery()
        #expect(Self.contents(try Self.open(FaultyDirectory(files: files), &recovery)) == Array(1...40))
        files[names[1]]?[10] ^= 1
        files[names[1]]?[74] ^= 1
        recovery = LogRecovery()
        let contents = Self.contents(try Self.open(FaultyDirectory(files: files), &recovery))
        #expect(recovery.unreadableSegments == 1)
        #expect(recovery.lostRecords == UInt64(40 - contents.count))
        #expect(contents.first == 1)
        #expect(contents.last == 40)
    }

    @Test func `a lost identity is taken from the segments`() throws {
        let directory = FaultyDirectory()
        let log = try Self.open(directory)
        #expect(log.append([Self.record(1)]).error == nil)
        var files = directory.durableFiles
        files["log.identity"] = nil
        let next = try Self.open(FaultyDirectory(files: files))
        #expect(next.source == log.source)
        #expect(next.previousEpoch == 1)
        #expect(Self.contents(next) == [1])
    }
}
