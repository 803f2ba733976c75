import Synchronization
import TraceModel
public import TraceStore

/// Why an engine could not be opened.
public enum OpeningError: Error, Sendable, Hashable, CustomStringConvertible {
    case log(LogError)
    case store(StoreError)
    case checkpoint(CheckpointError)

    public var description: String {
        switch self {
        case .log(let error): "write-ahead log: \(error)"
        case .store(let error): "store: \(error)"
        case .checkpoint(let error): "checkpoint store: \(error)"
        }
    }
}

extension IngestEngine {
    /// Opens an engine with a log in a directory, made when it is missing, in front of a durable store or of memory alone.
    ///
    /// What the log holds and the store does not is applied before this returns: queries see it, and the partitions bring it into
    /// the store. Without a durable store the log is a ring: it keeps as much of the past as it has room for.
    ///
    /// - Parameters:
    ///   - logPath: the directory of the log; one process at a time.
    ///   - live: bounds of the traces in memory.
    ///   - checkpoints: where and how often; what is there is restored before the log is read. `nil` makes none.
    ///   - deadLetterPath: where events lie that the store never takes; beside the log when `nil`.
    public static func open(
        logPath: String,
        durable: (any DurableTraceStore)?,
        live limits: MemoryLimits = MemoryLimits(),
        options: IngestOptions = IngestOptions(),
        checkpoints: CheckpointPlan? = nil,
        deadLetterPath: String? = nil
    ) async throws(OpeningError) -> IngestEngine {
        let directory: PosixDirectory
        var deadLetters: PosixDirectory?
        let lock: any LogFile
        do throws(FileFault) {
            directory = try PosixDirectory(path: logPath)
            lock = try directory.lock("lock")
            if let deadLetterPath { deadLetters = try PosixDirectory(path: deadLetterPath) }
        } catch {
            let isHeld = error.operation == "lock" && error.code == SystemText.wouldBlock
            let inUse = LogError(
                .inUse,
                "another process writes to \(logPath): give each server a directory of its own"
            )
            throw .log(isHeld ? inUse : LogError(error))
        }
        return try await open(
            directory: directory,
            holding: lock,
            durable: durable,
            live: limits,
            options: options,
            checkpoints: checkpoints,
            deadLetters: deadLetters
        )
    }

    /// The same over any directory.
    package static func open(
        directory: any LogDirectory,
        holding lock: (any LogFile)?,
        durable: (any DurableTraceStore)?,
        live limits: MemoryLimits = MemoryLimits(),
        options: IngestOptions,
        checkpoints: CheckpointPlan? = nil,
        deadLetters: (any LogDirectory)? = nil
    ) async throws(OpeningError) -> IngestEngine {
        var recovery = LogRecovery()
        let log: WriteAheadLog
        do throws(LogError) {
            log = try WriteAheadLog(directory: directory, options: options.log, recovery: &recovery)
        } catch {
            throw .log(error)
        }
        let live = MemoryStore(limits: limits)
        let pipeline = Pipeline(options: options, live: live, log: log, logIsRing: durable == nil, lock: lock)
        // Another number of partitions is another log to the store: what it has it will recognise by identity.
        let source = source(log, partitions: options.partitions)
        var positions: [LogPosition] = []
        var counts = StoreCounts()
        var warming: Warming?
        if let durable {
            do throws(StoreError) {
                positions = try await durable.positions(of: source)
                counts = try await durable.counts()
                recovery.lostRecords += try await lost(before: log, in: durable, positions)
                warming = try await Warming(live, from: durable, counts)
            } catch {
                throw .store(error)
            }
        }
        let epoch = max(log.previousEpoch, positions.map(\.epoch).max() ?? 0) + 1
        if let durable {
            pipeline.writers = writers(pipeline, deadLetters ?? directory, durable, source, epoch, positions)
        }
        var restored: CheckpointRestore?
        if let checkpoints {
            do throws(CheckpointError) {
                restored = try await CheckpointRestore(checkpoints, into: pipeline, keepsEvents: durable == nil)
            } catch {
                throw .checkpoint(error)
            }
        }
        replay(log, into: pipeline, positions, partitions: options.partitions, after: restored?.applied(in: log) ?? 0)
        do throws(LogError) {
            try log.begin(epoch: epoch, next: (positions.map(\.sequence).max() ?? 0) + 1)
        } catch {
            throw .log(error)
        }
        for writer in pipeline.writers { writer.start() }
        var store: any TraceStore = live
        if let durable {
            let absent = AbsentTraces(countMax: options.absentMax, timeToLive: options.absentTime)
            store = LayeredStore(live: live, durable: durable, counts: counts, absent: absent) {
                await pipeline.flushAll(within: .seconds(30))
            }
        }
        var checkpointer: Checkpointer?
        if let checkpoints, let restored {
            checkpointer = Checkpointer(
                plan: checkpoints,
                pipeline: pipeline,
                head: CheckpointFile.Head(
                    source: log.source,
                    partitions: UInt32(options.partitions),
                    epoch: epoch,
                    applied: 0,
                    created: 0,
                    events: 0,
                    traces: 0
                ),
                keepsEvents: durable == nil,
                status: restored.status,
                nextNumber: restored.nextNumber,
                clock: SystemText.nanosecondsSince1970
            )
            checkpointer?.start()
        }
        pipeline.warming.withLock { $0 = warming?.finish() }
        return IngestEngine(
            store: store,
            durable: durable,
            options: options,
            recovery: recovery,
            pipeline: pipeline,
            checkpoints: checkpointer
        )
    }

    private static func source(_ log: WriteAheadLog, partitions: Int) -> String {
        hex(log.source) + "-p" + String(partitions)
    }

    /// Records that neither log nor store has, because segments at the log's beginning are gone.
    ///
    /// A log lets go of a segment when all its records are stored, the last of which moved some partition's position at least so
    /// far. What is missing of one partition while another went past it cannot be told from what never was.
    private static func lost(
        before log: WriteAheadLog,
        in durable: any DurableTraceStore,
        _ positions: [LogPosition]
    ) async throws(StoreError) -> UInt64 {
        let first = log.sequences.lowerBound
        guard first > 1 else { return 0 }
        var stored = positions.map(\.sequence).max() ?? 0
        // With another number of partitions the store knows the same log by another name.
        for other in 1...IngestOptions.partitionsMax where stored + 1 < first {
            let known = try await durable.positions(of: source(log, partitions: other))
            stored = max(stored, known.map(\.sequence).max() ?? 0)
        }
        return first - min(first, stored + 1)
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func writers(
        _ pipeline: Pipeline,
        _ directory: any LogDirectory,
        _ durable: any DurableTraceStore,
        _ source: String,
        _ epoch: UInt64,
        _ positions: [LogPosition]
    ) -> [PartitionWriter] {
        let options = pipeline.options
        let limits = Batcher.Limits(
            batchSize: options.batchSize,
            interval: options.flushInterval,
            flushEventsMax: max(options.batchSize, 10_000),
            pendingBytesMax: options.pendingBytesMax,
            retryInitial: options.retryInitial,
            retryMax: options.retryMax
        )
        let deadLetters = DeadLetterFile(directory: directory, bytesMax: options.deadLetterBytesMax)
        let hooks = PartitionWriter.Hooks(
            read: { [weak pipeline] in pipeline?.log?.read($0) },
            settled: { [weak pipeline] _, settlement in pipeline?.settled(settlement) },
            store: { [weak pipeline] in pipeline?.noteStore($0) }
        )
        return (0..<UInt32(options.partitions)).map { partition in
            PartitionWriter(
                partition: partition,
                store: durable,
                source: source,
                epoch: epoch,
                position: positions.first { $0.partition == partition },
                limits: limits,
                deadLetters: deadLetters,
                timer: pipeline.timer,
                hooks: hooks
            )
        }
    }

    /// Applies what the log holds behind the positions of the store.
    private static func replay(
        _ log: WriteAheadLog,
        into pipeline: Pipeline,
        _ positions: [LogPosition],
        partitions: Int,
        after restored: UInt64
    ) {
        var stored = [UInt64](repeating: 0, count: partitions)
        for position in positions where position.partition < partitions {
            stored[Int(position.partition)] = position.sequence
        }
        let sequences = log.sequences
        let first = pipeline.writers.isEmpty ? restored + 1 : (stored.min() ?? 0) + 1
        pipeline.state.withLock { $0.applied = max(sequences.upperBound, 1) - 1 }
        for sequence in max(first, sequences.lowerBound)..<max(sequences.upperBound, first, sequences.lowerBound) {
            guard let batch = log.read(sequence) else { continue }
            var groups = TraceRows.of(batch)
            if !pipeline.writers.isEmpty {
                groups.removeAll { stored[$0.trace.share(of: partitions)] >= sequence }
            }
            guard !groups.isEmpty else { continue }
            pipeline.replay([LaneWork.Batch(sequence: sequence, batch: batch, groups: groups)])
        }
    }
}
