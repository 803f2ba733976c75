import JSONText
import RacewayServer
import Reporting
import TraceStore

/// One key that a configuration file and `--set` know.
struct Setting: Sendable {
    let key: String
    /// What a value looks like, for errors.
    let expected: String
    /// Takes a value over; `false` when it is not of the expected sort.
    let apply: @Sendable (String, inout ServerConfiguration) -> Bool

    /// Every key, sorted.
    static let all: [Setting] = [
        Setting(key: "server.body_bytes_max", expected: "a number of bytes, at least 1024") { text, configuration in
            number(text, atLeast: 1_024) { configuration.limits.bodyBytesMax = $0 }
        },
        Setting(key: "server.host", expected: "an address or a host name") { text, configuration in
            configuration.host = text
            return !text.isEmpty
        },
        Setting(key: "server.port", expected: "a port from 0 to 65535, 0 for a free one") { text, configuration in
            guard let port = UInt16(text) else { return false }
            configuration.port = Int(port)
            return true
        },
        Setting(key: "storage.backend", expected: "memory") { text, _ in text == "memory" },
        Setting(key: "storage.memory.bytes_max", expected: "a number of bytes, at least 1") { text, configuration in
            number(text, atLeast: 1) { configuration.memory.bytesMax = $0 }
        },
        Setting(key: "storage.memory.events_max", expected: "a number, at least 1") { text, configuration in
            number(text, atLeast: 1) { configuration.memory.eventsMax = $0 }
        },
        Setting(key: "storage.memory.traces_max", expected: "a number, at least 1") { text, configuration in
            number(text, atLeast: 1) { configuration.memory.tracesMax = $0 }
        },
    ]

    /// The setting with that key.
    ///
    /// - Throws: naming the nearest key, and `place` as where the key was written.
    static func named(_ key: String, at place: String) throws(CommandFailure) -> Setting {
        if let setting = all.first(where: { $0.key == key }) { return setting }
        let near = EditDistance.nearest(to: key, among: all.map(\.key)).map { ", did you mean \($0)?" } ?? ""
        throw .usage("\(place): unknown key '\(Terminal.printable(key))'\(near)")
    }

    /// Takes a value over.
    func set(_ text: String, in configuration: inout ServerConfiguration, at place: String) throws(CommandFailure) {
        guard apply(text, &configuration) else {
            throw .usage("\(place): \(key) = '\(Terminal.printable(text))', expected \(expected)")
        }
    }

    private static func number(_ text: String, atLeast minimum: Int, _ take: (Int) -> Void) -> Bool {
        guard let value = Int(text.replacing("_", with: "")), value >= minimum else { return false }
        take(value)
        return true
    }
}
