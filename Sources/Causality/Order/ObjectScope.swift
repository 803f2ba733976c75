public import TraceModel

/// How far a name reaches.
public enum ObjectScope: Sendable, Hashable {
    case global
    /// A service, by its name.
    case service(Symbol)
    /// One process, by its index in the batch.
    case process(UInt32)
}

/// A shared object: a name within a scope.
public struct SharedObject: Sendable, Hashable {
    /// Name as sent.
    public var name: Symbol
    /// How far it reaches.
    public var scope: ObjectScope
}

/// How far a bare variable name of a Raceway SDK reaches (`race_detection.variable_scope`).
public enum VariableScope: String, Sendable, CaseIterable {
    case service
    case instance
    case global
}

/// The shared objects of a batch, numbered by first use in causal order.
struct ObjectTable {
    private(set) var objects: ContiguousArray<SharedObject> = []
    private var index: [UInt64: UInt32] = [:]
    private var schemes: [Symbol: Bool] = [:]
    private let variableScope: VariableScope

    init(variableScope: VariableScope) { self.variableScope = variableScope }

    /// The number of the object that a row accesses.
    mutating func number(_ row: Int, _ batch: borrowing EventBatch) -> UInt32 {
        let name = batch.objects[row]
        let flags = batch.flags[row]
        let process = batch.processIndices[row]
        let tag: UInt64
        let scope: ObjectScope
        if flags.contains(.globalScope) || batch.kinds[row] == .dataRead || batch.kinds[row] == .dataWrite {
            (tag, scope) = (0, .global)
        } else if flags.contains(.processScope) || flags.contains(.totallyOrdered) {
            (tag, scope) = (1 << 62 | UInt64(process), .process(process))
        } else if hasScheme(name, batch) {
            (tag, scope) = (0, .global)
        } else {
            switch variableScope {
            case .global: (tag, scope) = (0, .global)
            case .instance: (tag, scope) = (1 << 62 | UInt64(process), .process(process))
            case .service:
                let service = batch.processes[Int(process)].service
                (tag, scope) = (2 << 62 | UInt64(service.rawValue), .service(service))
            }
        }
        // 30 bits of scope above 32 bits of name: both are dense indices far below those bounds.
        let key = (tag & (3 << 62)) | ((tag & 0x3fff_ffff) << 32) | UInt64(name.rawValue)
        if let known = index[key] { return known }
        let number = UInt32(objects.count)
        objects.append(SharedObject(name: name, scope: scope))
        index[key] = number
        return number
    }

    /// True for the schemes of `formats.md`: such a name means the same thing everywhere.
    private mutating func hasScheme(_ name: Symbol, _ batch: borrowing EventBatch) -> Bool {
        if let known = schemes[name] { return known }
        let found = batch.symbols.withBytes(of: name) { bytes in
            Self.globalSchemes.contains { scheme in bytes.starts(with: scheme.utf8) }
        }
        schemes[name] = found
        return found
    }

    private static let globalSchemes = ["db:", "redis:", "file:", "http:", "https:"]
}
