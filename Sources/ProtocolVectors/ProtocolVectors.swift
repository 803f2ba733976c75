import CProtocolVectors
public import FoundationEssentials

/// The conformance vectors of `sdk-protocol/vectors`, as they were when this was built.
public enum ProtocolVectors {
    /// One file.
    public enum File: String, Sendable, CaseIterable {
        case traceparent, tracestate, baggage
        case racewayClock = "raceway-clock"
        case events, recording

        private var read: @Sendable (UnsafeMutablePointer<Int>) -> UnsafePointer<UInt8> {
            switch self {
            case .traceparent: { raceway_vectors_traceparent($0) }
            case .tracestate: { raceway_vectors_tracestate($0) }
            case .baggage: { raceway_vectors_baggage($0) }
            case .racewayClock: { raceway_vectors_raceway_clock($0) }
            case .events: { raceway_vectors_events($0) }
            case .recording: { raceway_vectors_recording($0) }
            }
        }

        /// The text of the file.
        public var data: Data {
            var size = 0
            let bytes = read(&size)
            return Data(UnsafeBufferPointer(start: bytes, count: size))
        }
    }

    private struct Cases<Case: Decodable>: Decodable {
        var cases: [Case]
    }

    /// The cases of a file of headers.
    ///
    /// - Throws: what the decoder says; the files are embedded, so this means that one does not have its form.
    public static func propagation(_ file: File) throws -> [PropagationVector] {
        try JSONDecoder().decode(Cases<PropagationVector>.self, from: file.data).cases
    }

    /// The programs that an SDK records.
    public static func recordings() throws -> [RecordingVector] {
        try JSONDecoder().decode(Cases<RecordingVector>.self, from: File.recording.data).cases
    }
}
