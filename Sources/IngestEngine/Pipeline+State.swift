import TraceModel
import TraceStore

extension Pipeline.State {
    /// What a batch is told once nothing is accepted any more.
    var closedRefusal: IngestRefusal {
        isFenced
            ? IngestRefusal(
                .fenced,
                "another process has taken over the write-ahead log of this one",
                retryAfterSeconds: nil
            )
            : IngestRefusal(.draining, "the server is stopping")
    }

    /// What a batch is told for which there was no room in time.
    var overloadMessage: String {
        switch stall {
        case nil: "the event buffer is full"
        case .memory: "events that the store has not taken yet fill the memory for live traces"
        case .log(let error): error.message
        }
    }

    mutating func evict(_ entry: Pipeline.Queue.Entry) {
        counters.queued -= entry.events
        counters.evicted += entry.events
        incomplete.note(entry.item.batch, rows: 0..<entry.item.batch.count)
    }
}

extension IngestCounters {
    mutating func accept(_ events: Int, waited: Bool) {
        if waited { waiting -= events } else { offered += events }
        accepted += events
        queued += events
    }

    mutating func reject(_ events: Int, waited: Bool) {
        if waited { waiting -= events } else { offered += events }
        rejected += events
    }

    mutating func settle(_ events: Int, _ receipt: AppendReceipt) {
        inFlight -= events
        stored += receipt.stored
        duplicates += receipt.duplicates
        refused += receipt.refused
    }
}

extension LogError {
    var condition: Readiness.Condition {
        switch code {
        case .full: .logFull
        case .noSpace: .diskFull
        default: .diskFailed
        }
    }
}

extension StoreError {
    var condition: Readiness.Condition {
        switch code {
        case .full: .storeFull
        case .misconfigured: .storeMisconfigured
        case .fenced: .fenced
        default: .storeUnavailable
        }
    }
}
