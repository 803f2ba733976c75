/// Appends JSON text to bytes, in the order it is told.
///
/// The caller opens and closes containers; the writer places commas, indentation and escapes. Nothing is buffered as a
/// tree, so the keys come out in the order they were written and an answer costs one pass. Strings are escaped so that
/// neither a terminal nor a line-oriented reader can be misled: control characters, DEL and the C1 range become `\u00xx`.
///
/// ```swift
/// var json = JSONWriter()
/// json.object { json in
///     json.member("id", "r-7f3a19c2")
///     json.array("locks") { json in for lock in locks { json.value(lock) } }
/// }
/// ```
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    private let indent: Int
    private var depth = 0
    /// A value was written at this level, so the next one needs a comma.
    private var needsComma = false
    /// A key was written, so the next value follows it on the same line.
    private var afterKey = false

    /// A writer of one value, or of several when ``newline()`` separates them.
    ///
    /// - Parameters:
    ///   - indent: spaces a level; 0 writes everything on one line.
    ///   - capacity: bytes to make room for.
    public init(indent: Int = 0, reservingCapacity capacity: Int = 0) {
        self.indent = indent
        bytes.reserveCapacity(capacity)
    }

    /// What was written so far, as a string.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Hands over what was written so far and forgets it, so that a long answer can be sent in pieces.
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Ends a top-level value of a line-oriented stream.
    public mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }
}

// MARK: - Containers

extension JSONWriter {
    /// An object as the next value; `body` writes its members.
    public mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    /// An array as the next value; `body` writes its elements.
    public mutating func array<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "["))
        try body(&self)
        close(UInt8(ascii: "]"))
    }

    /// A member whose value is an object.
    public mutating func object<E: Error>(_ key: String, _ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        self.key(key)
        try object(body)
    }

    /// A member whose value is an array.
    public mutating func array<E: Error>(_ key: String, _ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        self.key(key)
        try array(body)
    }

    /// A member whose value is an array of strings.
    public mutating func array(_ key: String, _ values: some Sequence<String>) {
        array(key) { json in
            for value in values { json.value(value) }
        }
    }

    /// The key of the next value.
    public mutating func key(_ key: String) {
        separate()
        string(key)
        bytes.append(UInt8(ascii: ":"))
        if indent > 0 { bytes.append(UInt8(ascii: " ")) }
        afterKey = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        depth -= 1
        if needsComma { breakLine() }
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if afterKey {
            afterKey = false
            return
        }
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        if depth > 0 { breakLine() }
        needsComma = true
    }

    private mutating func breakLine() {
        guard indent > 0 else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * indent))
    }
}

// MARK: - Values

extension JSONWriter {
    /// A string.
    public mutating func value(_ value: String) {
        separate()
        string(value)
    }

    /// An integer, exactly. Readers that parse numbers as doubles lose digits above 2^53.
    public mutating func value(_ value: some BinaryInteger) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// The shortest decimal text that reads back as the same double; `null` for what JSON cannot say.
    public mutating func value(_ value: Double) {
        separate()
        bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
    }

    /// `true` or `false`.
    public mutating func value(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// `null`.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// JSON text that is already written, verbatim except that line breaks between its tokens become spaces.
    ///
    /// The caller vouches that it is one valid JSON value; empty text is written as `null`.
    public mutating func raw(_ json: some Collection<UInt8>) {
        guard !json.isEmpty else { return null() }
        separate()
        // A raw line break cannot be inside a JSON string, so this never changes a value.
        for byte in json { bytes.append(byte == 0x0a || byte == 0x0d ? 0x20 : byte) }
    }

    /// ``raw(_:)`` of a string.
    public mutating func raw(_ json: String) { raw(json.utf8) }

    /// A string member; `null` for `nil`.
    public mutating func member(_ key: String, _ value: String?) {
        self.key(key)
        if let value { self.value(value) } else { null() }
    }

    /// An integer member; `null` for `nil`.
    public mutating func member(_ key: String, _ value: (some BinaryInteger)?) {
        self.key(key)
        if let value { self.value(value) } else { null() }
    }

    /// A floating-point member; `null` for `nil`, NaN and the infinities.
    public mutating func member(_ key: String, _ value: Double?) {
        self.key(key)
        if let value { self.value(value) } else { null() }
    }

    /// A Boolean member.
    public mutating func member(_ key: String, _ value: Bool) {
        self.key(key)
        self.value(value)
    }

    /// A member whose value is JSON text already; `null` for `nil`. See ``raw(_:)``.
    public mutating func member(_ key: String, raw json: String?) {
        self.key(key)
        raw(json ?? "null")
    }
}

// MARK: - Escaping

extension JSONWriter {
    /// Appends UTF-8 as a quoted JSON string, for writers that keep their own bytes.
    public static func appendString(_ utf8: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        var i = 0
        while i < utf8.count {
            let byte = utf8[i]
            // U+0080 to U+009F are two bytes, 0xC2 and the code point.
            let isC1 = byte == 0xc2 && i + 1 < utf8.count && utf8[i + 1] < 0xa0
            guard byte < 0x20 || byte == 0x22 || byte == 0x5c || byte == 0x7f || isC1 else {
                i += 1
                continue
            }
            bytes.append(contentsOf: utf8[start..<i])
            i += isC1 ? 2 : 1
            start = i
            appendEscape(isC1 ? utf8[i - 1] : byte, to: &bytes)
        }
        bytes.append(contentsOf: utf8[start...])
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func string(_ value: String) {
        var copy = value
        copy.withUTF8 { Self.appendString($0, to: &bytes) }
    }

    private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5c: bytes.append(byte)
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(hexDigit(byte >> 4))
            bytes.append(hexDigit(byte & 15))
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}
