/// A small program that an SDK carries out, and what the events must show.
public struct RecordingVector: Codable, Sendable {
    /// One step of one task. The adapter does it through its SDK.
    public struct Step: Codable, Sendable {
        /// What to do; see `sdk-protocol/conformance.md`.
        public enum Action: String, Codable, Sendable {
            case read, write, update, acquire, release, spawn, join, end
        }

        public var task: String
        public var `do`: Action
        public var variable: String?
        public var lock: String?
        /// The task that is started or was awaited.
        public var child: String?
        public var old: Int?
        public var new: Int?
    }

    /// How the server behind the SDK answers the first requests; afterwards it takes everything.
    public struct Answer: Codable, Sendable {
        /// 0: the connection is closed without an answer.
        public var status: Int
        public var retryAfter: Int?

        /// Takes what comes.
        public static let taken = Answer(status: 200)

        enum CodingKeys: String, CodingKey {
            case status
            case retryAfter = "retry_after"
        }
    }

    /// What the events must show.
    public struct Expectation: Codable, Sendable {
        /// Objects with a race, and its grade at least; all others have none.
        public var races: [String: String]
        /// False when the SDK must not send again, so that nothing arrives.
        public var arrives: Bool?
    }

    public var name: String
    /// Repetitions of the steps, to make many events.
    public var times: Int?
    public var steps: [Step]
    public var answers: [Answer]?
    public var expect: Expectation
}
