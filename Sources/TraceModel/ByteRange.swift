/// A slice of a batch's payload bytes. A zero length means absent.
public struct ByteRange: Hashable, Sendable {
    /// Offset of the first byte.
    public var start: UInt32
    /// Number of bytes.
    public var length: UInt32

    /// Makes a slice.
    @inlinable
    public init(start: UInt32, length: UInt32) {
        self.start = start
        self.length = length
    }

    /// No bytes.
    public static let none = ByteRange(start: 0, length: 0)

    /// True when there are no bytes.
    @inlinable
    public var isEmpty: Bool { length == 0 }

    /// The indices covered.
    @inlinable
    public var indices: Range<Int> { Int(start)..<(Int(start) + Int(length)) }

    /// The same slice after `offset` bytes were put in front of the payload; an absent slice stays absent.
    @inlinable
    public func shifted(by offset: Int) -> ByteRange {
        length == 0 ? self : ByteRange(start: start + UInt32(offset), length: length)
    }
}
