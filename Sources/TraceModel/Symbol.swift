/// An interned string of one ``SymbolTable``; comparing two symbols of one table compares their strings.
public struct Symbol: Hashable, Sendable {
    /// Dense index into the table, starting at 0 for the empty string.
    public var rawValue: UInt32

    /// Wraps an index that a ``SymbolTable`` handed out.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The empty string, which also stands for "absent".
    public static let empty = Symbol(rawValue: 0)

    /// True for the empty string.
    @inlinable
    public var isEmpty: Bool { rawValue == 0 }
}
