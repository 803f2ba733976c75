import Glibc

/// What was asked for on the command line.
struct Options: Sendable {
    var isFixed = false
    var server: String?
    var trace: String?

    init(_ arguments: some Sequence<String>) {
        var rest = arguments.makeIterator()
        while let argument = rest.next() {
            switch argument {
            case "--fixed": isFixed = true
            case "--server": server = value(of: argument, rest.next())
            case "--trace": trace = value(of: argument, rest.next())
            default: fail("usage: bank-transfers [--fixed] [--server URL | --trace FILE.json]")
            }
        }
    }
}

/// Ends the program with a message.
func fail(_ message: String) -> Never {
    let line = Array("bank-transfers: \(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(1)
}

private func value(of option: String, _ value: String?) -> String {
    guard let value else { fail("\(option) needs a value") }
    return value
}
