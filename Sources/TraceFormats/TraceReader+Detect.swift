extension TraceReader {
    /// The format of a plain (not compressed) input, from its name and first bytes; `nil` when it looks like none.
    ///
    /// - Complexity: O(1): only the beginning is looked at.
    public static func detect(_ bytes: UnsafeRawBufferPointer, name: String = "") -> TraceFormat? {
        let name = name.lowercased()
        if name.hasSuffix(".ops.jsonl") { return .ops }
        if name.hasSuffix(".std") { return .std }
        let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(4096))
        guard let first = head.first(where: { !Byte.isBlank($0) }) else {
            // A log of nothing is a log: a program that did nothing worth noting.
            return name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") ? .ops : nil
        }
        guard first == Byte.openBrace || first == Byte.openBracket, !OTLPReader.isProtobuf(bytes) else {
            if OTLPReader.isProtobuf(bytes) { return .otlp }
            if looksLikeSTD(head) { return .std }
            return ShiVizRecords.looksLikeText(head) ? .shiviz : nil
        }
        return detectJSON(head)
    }

    /// The format of an input, compressed or not; `nil` when it looks like none or is blank.
    public static func recognise(_ bytes: UnsafeRawBufferPointer, name: String = "") -> TraceFormat? {
        try? withPlainText(bytes, name: name, options: .file()) { text, name in
            text.allSatisfy(Byte.isBlank) ? nil : detect(text, name: name)
        }
    }

    /// The format of a plain input, from its name and first bytes; `nil` when it looks like none.
    public static func detect(_ bytes: [UInt8], name: String = "") -> TraceFormat? {
        bytes.withUnsafeBytes { detect($0, name: name) }
    }

    /// JSON formats, by the member names that stand near the beginning, the most telling first.
    private static func detectJSON(_ head: UnsafeRawBufferPointer) -> TraceFormat {
        let keys = Keys(in: head)
        let isOTLP = ["resourceSpans", "resource_spans", "resourceLogs", "resource_logs"].contains { keys.contains($0) }
        if isOTLP { return .otlp }
        if keys.contains("traceID"), keys.contains("spans") || keys.contains("spanID") { return .jaeger }
        if keys.contains("traceId"), keys.contains("id") { return .zipkin }
        if keys.contains("events") || keys.contains("trace_id") || keys.contains("metadata") { return .raceway }
        if keys.contains("op"), keys.contains("t") { return .ops }
        if keys.contains("host"), keys.contains("clock") { return .shiviz }
        return .raceway
    }

    /// `name|op(…)|…` in the first line that is not blank or a comment.
    private static func looksLikeSTD(_ head: UnsafeRawBufferPointer) -> Bool {
        var scanner = LineScanner(head)
        while let range = scanner.next() {
            let line = LineScanner.trim(range, in: head)
            guard !line.isEmpty, head[line.lowerBound] != UInt8(ascii: "#") else { continue }
            let bar = UInt8(ascii: "|")
            guard let end = head[line].firstIndex(of: bar), end > line.lowerBound else { return false }
            let rest = head[(end + 1)..<line.upperBound]
            return rest.contains(UInt8(ascii: "(")) || ["begin", "end"].contains { rest.starts(with: $0.utf8) }
        }
        return false
    }

    /// The member names of a piece of JSON, found without parsing it: strings that a colon follows.
    private struct Keys {
        private var names: Set<String> = []

        init(in text: UnsafeRawBufferPointer) {
            var i = 0
            while i < text.count {
                guard text[i] == Byte.quote else {
                    i += 1
                    continue
                }
                let start = i + 1
                i = start
                while i < text.count, text[i] != Byte.quote { i += text[i] == Byte.backslash ? 2 : 1 }
                guard i < text.count else { return }
                let end = i
                i += 1
                while i < text.count, Byte.isBlank(text[i]) { i += 1 }
                if i < text.count, text[i] == Byte.colon, end - start <= 32 {
                    names.insert(String(decoding: text[start..<end], as: UTF8.self))
                }
            }
        }

        func contains(_ name: String) -> Bool { names.contains(name) }
    }
}
