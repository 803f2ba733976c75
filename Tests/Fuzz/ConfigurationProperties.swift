import RacewayConfiguration

extension Properties {
    /// Any bytes are TOML or an error with a place in them; any TOML is a usable configuration or has problems that say so.
    static func configuration(_ bytes: UnsafeRawBufferPointer) {
        let lines = bytes.reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        do {
            let document = try TOMLDocument(Array(bytes))
            for entry in document.root.entries {
                precondition(document.position(of: entry.node.offset).line <= lines, "a value outside the document")
            }
        } catch {
            precondition((1...lines).contains(error.position.line) && error.position.column > 0, "\(error)")
        }
        var loader = ConfigurationLoader()
        loader.file = ("fuzz.toml", Array(bytes))
        do {
            let loaded = try loader.load()
            precondition(
                loaded.configuration.problems().allSatisfy { $0.severity == .warning },
                "an unusable configuration"
            )
        } catch {
            precondition(!error.problems.isEmpty, "an error without a reason")
        }
    }
}
