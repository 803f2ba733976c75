import FoundationEssentials
import Reporting
import TraceFormats
import TraceModel

/// A program as it was read.
struct LoadedProgram {
    var inputs: [RaceReport.Input]
    var batch: EventBatch
    var spans: [Span]
}

/// Everything that was named on the command line, as far as it could be read.
struct LoadedInput {
    var programs: [LoadedProgram] = []
    /// Inputs of which nothing could be read.
    var unusable = 0

    /// An input that is useless as a whole makes the run fail even when its neighbours could be analysed.
    func checkComplete() throws(CommandFailure) {
        guard unusable == 0 else {
            throw .unusable(
                "\(unusable) of the named inputs could not be read, see above; the report covers the others"
            )
        }
    }
}

/// Reads inputs and groups them into programs. Bad input is told on standard error and never costs its neighbours.
struct InputLoader {
    var format: TraceFormat
    var strict: Bool

    /// Reads the named files, directories and standard input.
    ///
    /// - Throws: when nothing was usable, or at the first bad record in strict mode.
    func load(_ names: [String]) throws(CommandFailure) -> LoadedInput {
        var loaded = LoadedInput()
        var shared = LoadedProgram(inputs: [], batch: EventBatch(), spans: [])
        var place: Int?
        for (path, isNamed) in try expand(names) {
            let document: TraceDocument
            let name: String
            do throws(CommandFailure) {
                (document, name) = try read(path)
            } catch {
                // A directory may hold other files; a file that was named was meant.
                if strict || (isNamed && names.count == 1) { throw error }
                Console.warn(error.message)
                loaded.unusable += isNamed ? 1 : 0
                continue
            }
            warn(of: document, path: path)
            let input = RaceReport.Input(
                path: path,
                format: name,
                events: document.batch.count + document.spans.count,
                skipped: document.skipped,
                errors: document.problems
            )
            // A total order, or the hosts and counts of a log, mean something within their own file only.
            let isOwnProgram =
                document.batch.flags.first?.contains(.totallyOrdered) == true
                || document.batch.kinds.first == .logLine
            if isOwnProgram {
                loaded.programs.append(.init(inputs: [input], batch: document.batch, spans: document.spans))
            } else {
                if place == nil {
                    place = loaded.programs.count
                    loaded.programs.append(shared)
                }
                shared.inputs.append(input)
                shared.spans += document.spans
                if shared.batch.isEmpty {
                    shared.batch = document.batch
                } else {
                    shared.batch.append(contentsOf: document.batch)
                }
            }
        }
        if let place { loaded.programs[place] = shared }
        guard !loaded.programs.isEmpty else {
            throw .unusable(
                "nothing to analyze in \(names.joined(separator: ", ")): no file there could be read as a trace"
            )
        }
        return loaded
    }

    private func expand(_ names: [String]) throws(CommandFailure) -> [(path: String, isNamed: Bool)] {
        var result: [(path: String, isNamed: Bool)] = []
        for name in names {
            guard name != "-", FileBytes.isDirectory(name) else {
                result.append((name, true))
                continue
            }
            let found = FileBytes.traces(in: name)
            if found.isEmpty {
                throw .unusable("\(name): no traces in this directory (.json, .jsonl, .std, .log, or .gz of them)")
            }
            result += found.map { ($0, false) }
        }
        return result
    }

    private func read(_ path: String) throws(CommandFailure) -> (TraceDocument, format: String) {
        let data = try FileBytes.read(path)
        let name = Self.name(of: path)
        let document: TraceDocument
        do {
            document = try data.withUnsafeBytes { (bytes) throws(FormatError) in
                try TraceReader.read(bytes, name: name, format: format, options: .file(strict: strict))
            }
        } catch {
            throw .unusable("\(error); \(strict ? "stopped there (--strict)" : "nothing of it could be read")")
        }
        if document.batch.isEmpty, document.spans.isEmpty, document.skipped > 0 {
            throw .unusable(
                Self.places(document, name: name)
                    + "\nskipped \(document.skipped) of \(document.records) records, so nothing is left"
            )
        }
        if document.batch.isEmpty, document.spans.isEmpty {
            if let other = data.withUnsafeBytes({ Self.mistaken($0, for: format, name: name) }) {
                throw .unusable(
                    "\(name): nothing in it is \(format.rawValue), it looks like \(other.rawValue); "
                        + "leave --format out or name that"
                )
            }
            Console.warn("\(name): holds no event; is it the right file and format?")
        }
        return (document, document.format.isEmpty ? format.rawValue : document.format)
    }

    /// The format in which an input holds something, when another one was named.
    private static func mistaken(
        _ bytes: UnsafeRawBufferPointer,
        for format: TraceFormat,
        name: String
    ) -> TraceFormat? {
        guard format != .auto, let likely = TraceReader.recognise(bytes, name: name), likely != format,
            let document = try? TraceReader.read(bytes, name: name, format: likely, options: .file())
        else { return nil }
        return document.records > 0 ? likely : nil
    }

    /// A path as messages name it.
    private static func name(of path: String) -> String { path == "-" ? "<stdin>" : Terminal.printable(path) }

    private func warn(of document: TraceDocument, path: String) {
        guard document.skipped > 0 else { return }
        let records = document.records == 1 ? "record" : "records"
        Console.warn(
            Self.places(document, name: Self.name(of: path))
                + "\nskipped \(document.skipped) of \(document.records) \(records), continuing (--strict stops at the first)"
        )
    }

    /// The first three problems, a line each.
    private static func places(_ document: TraceDocument, name: String) -> String {
        let shown = document.problems.prefix(3).map { problem in
            let line = problem.line > 0 ? ":\(problem.line)" : problem.index >= 0 ? ": record \(problem.index + 1)" : ""
            return "\(name)\(line): \(problem.message) (byte \(problem.byte))"
        }
        return shown.joined(separator: "\n")
    }
}
