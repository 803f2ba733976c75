internal import CWebAssets
internal import Crypto
internal import FoundationEssentials

/// The page's style and script, as they were built into this binary.
///
/// The sources are native modules that browsers can load one by one; here they become one script, so that a page is three
/// requests and a report is one file.
public enum PageAssets {
    /// A file under a name that changes with its content.
    public struct File: Sendable {
        /// `app-0123456789abcdef.js`
        public var name: String
        public var type: String
        public var bytes: [UInt8]
        /// SHA-256 in Base64, as a content security policy writes it.
        public var digest: String

        fileprivate init(_ stem: String, _ ending: String, type: String, bytes: [UInt8]) {
            let hash = Array(SHA256.hash(data: bytes))
            let short = hash.prefix(8).map { byte in
                String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }
            name = "\(stem)-\(short.joined()).\(ending)"
            self.type = type
            self.bytes = bytes
            digest = Data(hash).base64EncodedString()
        }
    }

    /// Every rule of the page.
    public static let style = File(
        "app",
        "css",
        type: "text/css; charset=utf-8",
        bytes: sources.filter { $0.name.hasSuffix(".css") }.flatMap { Array($0.text.utf8) }
    )

    /// Every module of the page as one script.
    public static let script = File(
        "app",
        "js",
        type: "text/javascript; charset=utf-8",
        bytes: Array(bundle(sources.filter { $0.name.hasSuffix(".js") }).utf8)
    )

    /// The files as they were written, in the order in which they need each other.
    static let sources: [(name: String, text: String)] = (0..<raceway_web_asset_count()).map { index in
        let asset = raceway_web_asset_at(index)
        let bytes = UnsafeBufferPointer(start: asset.bytes, count: asset.size)
        return (String(cString: asset.name), String(decoding: bytes, as: UTF8.self))
    }

    /// Puts modules into one script: each becomes a function of its own that gives what it exports.
    ///
    /// Understands what these sources use and no more: imports of names on one line, and exports before a declaration.
    static func bundle(_ modules: [(name: String, text: String)]) -> String {
        var result = "\"use strict\";\n"
        for (name, text) in modules {
            var exports: [String] = []
            var body = ""
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if let imported = importing(line) {
                    body += "const \(imported.names) = \(variable(imported.module));\n"
                } else if line.hasPrefix("export ") {
                    let declaration = line.dropFirst("export ".count)
                    let words = declaration.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "$" }
                    let keywords: Set<Substring> = ["async", "function", "class", "const", "let"]
                    if let name = words.first(where: { !keywords.contains($0) }) { exports.append(String(name)) }
                    body += declaration + "\n"
                } else {
                    body += line + "\n"
                }
            }
            result +=
                "const \(variable(name)) = (() => {\n\(body)return { \(exports.joined(separator: ", ")) };\n})();\n"
        }
        return result
    }

    /// `import { a, b } from "./dom.js";`
    private static func importing(_ line: Substring) -> (names: Substring, module: String)? {
        guard line.hasPrefix("import {"), let close = line.firstIndex(of: "}"), let open = line.firstIndex(of: "{"),
            let slash = line.lastIndex(of: "/"), let quote = line.lastIndex(of: "\""), slash < quote
        else { return nil }
        return (line[open...close], String(line[line.index(after: slash)..<quote]))
    }

    /// The variable that holds a module.
    private static func variable(_ name: String) -> String { "$" + name.prefix { $0 != "." } }
}
