import JSONText

/// The bytes of a request body, with the places where identifiers and times go.
///
/// Filling one in costs some ten nanoseconds an event, so that the generator does not compete with the server it measures.
struct RequestTemplate: Sendable {
    /// Where a number goes, relative to the first of the request.
    private struct Slot {
        var offset: Int
        var number: Int
    }

    private var bytes: [UInt8] = []
    private var eventSlots: [Slot] = []
    private var traceSlots: [Slot] = []
    private var timeSlots: [Slot] = []
    /// The same in binary: 16 bytes, 8 bytes, and nanoseconds.
    private var binaryTraceSlots: [Slot] = []
    private var binarySpanSlots: [Slot] = []
    private var binaryTimeSlots: [Slot] = []

    /// Events in the body that a server should take.
    var events = 0
    /// Traces in the body.
    var traces = 0
    /// The next request of the connection goes on in the same trace.
    var isContinued = false
    /// The status that a correct server answers.
    var status = 200
    var contentType = "application/json"
    /// The body of the request before is sent again instead.
    var isResend = false

    var count: Int { bytes.count }

    mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func add(_ content: [UInt8]) { bytes.append(contentsOf: content) }

    mutating func markTrace(_ number: Int, at offset: Int) {
        binaryTraceSlots.append(Slot(offset: offset, number: number))
    }

    mutating func markSpan(_ number: Int, at offset: Int) {
        binarySpanSlots.append(Slot(offset: offset, number: number))
    }

    /// Nanoseconds since 1970 in little endian; places with successive numbers are a microsecond apart.
    mutating func markTime(_ number: Int, at offset: Int) {
        binaryTimeSlots.append(Slot(offset: offset, number: number))
    }

    mutating func addEvent(_ number: Int) {
        eventSlots.append(Slot(offset: bytes.count + Self.tail, number: number))
        add(Self.identifier)
    }

    mutating func addTrace(_ number: Int) {
        traceSlots.append(Slot(offset: bytes.count + Self.tail, number: number))
        add(Self.identifier)
    }

    mutating func addTime(_ number: Int) {
        timeSlots.append(Slot(offset: bytes.count, number: number))
        add("2000-01-01T00:00:00.000000Z")
    }

    private static let identifier = "00000000-0000-4000-8000-000000000000"
    /// Offset of the last twelve digits.
    private static let tail = 24

    /// The body with identifiers of `run`, events from `firstEvent`, traces from `firstTrace`, and times from a moment on.
    ///
    /// - Parameters:
    ///   - run: told apart from other runs by this, in the first eight digits.
    ///   - nanoseconds: since 1970; events are a microsecond apart.
    func fill(run: UInt32, firstEvent: Int, firstTrace: Int, nanoseconds: Int64, into body: inout [UInt8]) {
        body.removeAll(keepingCapacity: true)
        body.append(contentsOf: bytes)
        var second: [UInt8] = []
        if !timeSlots.isEmpty { UTCTime.append(nanoseconds: nanoseconds, to: &second) }
        fillBinary(run, firstEvent, firstTrace, nanoseconds, &body)
        body.withUnsafeMutableBufferPointer { body in
            for slot in eventSlots {
                Self.write(UInt64(truncatingIfNeeded: firstEvent + slot.number), 12, at: slot.offset, body)
                Self.write(UInt64(run), 8, at: slot.offset - Self.tail, body)
            }
            for slot in traceSlots {
                Self.write(UInt64(truncatingIfNeeded: firstTrace + slot.number), 12, at: slot.offset, body)
                Self.write(UInt64(run), 8, at: slot.offset - Self.tail, body)
                // Told apart from events in the second group.
                body[slot.offset - Self.tail + 12] = UInt8(ascii: "1")
            }
            for slot in timeSlots {
                for (index, byte) in second.prefix(19).enumerated() { body[slot.offset + index] = byte }
                var micro = slot.number % 1_000_000
                for digit in 0..<6 {
                    body[slot.offset + 25 - digit] = UInt8(ascii: "0") + UInt8(micro % 10)
                    micro /= 10
                }
            }
        }
    }

    private func fillBinary(
        _ run: UInt32,
        _ firstEvent: Int,
        _ firstTrace: Int,
        _ nanoseconds: Int64,
        _ body: inout [UInt8]
    ) {
        body.withUnsafeMutableBytes { body in
            for slot in binaryTraceSlots {
                body.storeBytes(of: run.bigEndian, toByteOffset: slot.offset, as: UInt32.self)
                // Told apart from traces of events; no id is zero.
                body.storeBytes(of: UInt32(2).bigEndian, toByteOffset: slot.offset + 4, as: UInt32.self)
                let number = UInt64(truncatingIfNeeded: firstTrace + slot.number)
                body.storeBytes(of: number.bigEndian, toByteOffset: slot.offset + 8, as: UInt64.self)
            }
            for slot in binarySpanSlots {
                let number = UInt64(truncatingIfNeeded: firstEvent + slot.number + 1)
                body.storeBytes(of: number.bigEndian, toByteOffset: slot.offset, as: UInt64.self)
            }
            for slot in binaryTimeSlots {
                let time = UInt64(truncatingIfNeeded: nanoseconds &+ Int64(slot.number) * 1_000)
                body.storeBytes(of: time.littleEndian, toByteOffset: slot.offset, as: UInt64.self)
            }
        }
    }

    private static func write(_ value: UInt64, _ digits: Int, at offset: Int, _ body: UnsafeMutableBufferPointer<UInt8>)
    {
        var rest = value
        for index in stride(from: digits - 1, through: 0, by: -1) {
            let digit = UInt8(rest & 15)
            body[offset + index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            rest >>= 4
        }
    }
}
