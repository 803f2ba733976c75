/// Limits and strictness of a reader.
public struct ReadOptions: Sendable {
    /// Stop at the first bad record instead of skipping it.
    public var strict: Bool
    /// Deepest nesting of brackets; one more is refused.
    public var depthMax: Int
    /// Most bytes of input, after decompression too. No reader takes 4 GiB or more.
    public var inputBytesMax: Int
    /// Longest name (variable, thread, URL, query) in bytes. Values inside payloads have no limit of their own.
    public var stringBytesMax: Int
    /// Longest single event as it was sent, in bytes; of spans, what is kept of one.
    public var recordBytesMax: Int

    /// Makes options; the defaults are those for the body of a request.
    public init(
        strict: Bool = false,
        depthMax: Int = 128,
        inputBytesMax: Int = 16 << 20,
        stringBytesMax: Int = 1 << 20,
        recordBytesMax: Int = .max
    ) {
        self.strict = strict
        self.depthMax = depthMax
        self.inputBytesMax = inputBytesMax
        self.stringBytesMax = stringBytesMax
        self.recordBytesMax = recordBytesMax
    }

    /// The deepest nesting that any option allows.
    public static let depthCeiling = 65_536

    /// What positions of 32 bits can address, with room for the padding behind the text.
    public static let inputBytesCeiling = Int(UInt32.max) - 4096

    /// For files: as large as a reader can take.
    public static func file(strict: Bool = false) -> ReadOptions {
        ReadOptions(strict: strict, inputBytesMax: inputBytesCeiling)
    }
}
