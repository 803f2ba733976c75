import TraceModel

/// Which lock types mean a shared (reader) lock. The type is free text; every spelling is judged once.
struct LockTypes {
    private var known: [Symbol: Bool] = [:]

    /// True when the lock type says "read" and not "write".
    mutating func isShared(_ type: Symbol, in symbols: SymbolTable) -> Bool {
        if type.isEmpty { return false }
        if let answer = known[type] { return answer }
        let answer = Self.isShared(symbols[type])
        known[type] = answer
        return answer
    }

    private static let sharedWords: Set<String> = [
        "read", "reader", "shared", "rdlock", "readlock", "readerlock", "sharedlock", "rwlockread",
    ]
    private static let exclusiveWords: Set<String> = ["write", "writer", "exclusive", "wrlock", "writelock"]

    /// Judges one spelling: `RWLock-Read`, `RwLock::Read`, `read`, `Shared`; not `ReadWriteLock`, `SharedMutex`, `RLock`.
    static func isShared(_ type: String) -> Bool {
        let words = type.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return words.contains { sharedWords.contains($0) } && !words.contains { exclusiveWords.contains($0) }
    }
}
