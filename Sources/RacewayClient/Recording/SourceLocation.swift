/// Where in the program something happened: `Module/File.swift` and a line.
struct SourceLocation: Sendable, Hashable {
    var file: String
    var line: UInt32

    init(_ file: String, _ line: UInt) {
        self.file = file
        self.line = UInt32(clamping: line)
    }

    var text: String { "\(file):\(line)" }
}
