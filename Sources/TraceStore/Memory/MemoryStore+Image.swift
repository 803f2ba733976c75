import Synchronization
package import TraceModel

extension MemoryStore {
    /// Everything in a store at one moment. Taking it costs a reference for each trace.
    package struct Image: Sendable {
        fileprivate var shelves: [(last: UInt64, contents: TraceShelf.Contents)]
        package var events: Int
        package var traces: Int { shelves.count }

        /// Gives all events away in batches of whole traces, least recently appended trace first.
        package func forEachBatch(eventsMax: Int, _ body: (EventBatch) -> Void) {
            var batch = EventBatch()
            for shelf in shelves {
                batch.append(shelf.contents, keeping: .all)
                if batch.count >= eventsMax {
                    body(batch)
                    batch = EventBatch()
                }
            }
            if !batch.isEmpty { body(batch) }
        }
    }

    /// A copy of what is in the store.
    package var image: Image {
        var image = state.withLock { state in
            Image(
                shelves: state.shelves.values.map { ($0.statistics.revision, $0.contents) },
                events: state.counts.events
            )
        }
        // In the order of their last change, so that whoever restores forgets in the same order.
        image.shelves.sort { $0.last < $1.last }
        return image
    }
}
