import Logging
import Synchronization
import Testing

@testable import RacewayServer

@Suite struct LogLineTests {
    private static func lines(_ style: LogStyle, _ body: (Logger) -> Void) -> [String] {
        let written = Mutex<[String]>([])
        let logger = Logger(label: "test") { _ in
            LineLogHandler(style, clock: { 1_700_000_000_000_000_000 }) { line in
                written.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
            }
        }
        body(logger)
        return written.withLock { $0 }
    }

    @Test func `text is a line with its fields in order, whatever is in them`() {
        let lines = Self.lines(LogStyle()) { logger in
            logger.warning(
                "two\nlines",
                metadata: ["b": "with space", "a": "plain", "c": "quote\"d", "d": "\u{1b}[31m", "e": ""]
            )
        }
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("2023-11-14T22:13:20"))
        #expect(
            lines[0].hasSuffix(
                " warning two\\u{a}lines a=plain b=\"with space\" c=\"quote\\\"d\" d=\\u{1b}[31m e=\"\"\n"
            )
        )
    }

    @Test func `a module is named when that is asked for`() {
        var style = LogStyle()
        style.includesModules = true
        #expect(Self.lines(style) { $0.info("x", source: "Part") }[0].hasSuffix(" info [Part] x\n"))
    }

    @Test func `JSON is one object a line`() throws {
        var style = LogStyle()
        style.format = .json
        style.includesModules = true
        let lines = Self.lines(style) { $0.error("a \"b\"\n", metadata: ["k": "v\u{0}"], source: "Part") }
        #expect(lines[0].filter { $0 == "\n" }.count == 1)
        let object = try JSONNode(parsing: Array(lines[0].utf8))
        #expect(object["level"] == .string("error"))
        #expect(object["msg"] == .string("a \"b\"\n"))
        #expect(object["module"] == .string("Part"))
        #expect(object["fields"]["k"] == .string("v\u{0}"))
    }

    @Test func `lines below the level are not written`() {
        let lines = Self.lines(LogStyle()) { logger in
            var logger = logger
            logger.logLevel = .warning
            logger.info("x")
            logger.warning("y")
        }
        #expect(lines.count == 1)
    }
}
