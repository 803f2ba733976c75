/// The HTML around every page: landmarks, and where style, script and data come from. It holds no data of a trace itself.
public enum PageShell {
    /// The page of a server, whose files lie below `prefix`.
    public static func served(prefix: String) -> String {
        document(
            head: """
                <link rel="stylesheet" href="\(prefix)\(PageAssets.style.name)">
                <script type="module" src="\(prefix)\(PageAssets.script.name)"></script>
                """,
            footer: ""
        )
    }

    /// What a server says a browser may do with the page: nothing but its own files and routes.
    public static let servedPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'"

    /// What the report file says a browser may do with it: run its one script, and reach nothing.
    static let filePolicy =
        "default-src 'none'; script-src 'sha256-\(PageAssets.script.digest)'; style-src 'sha256-\(PageAssets.style.digest)'; "
        + "img-src data:; base-uri 'none'; form-action 'none'"

    /// A report as one file.
    ///
    /// - Parameter data: JSON without any `<`.
    static func file(data: [UInt8], title: String, footer: String) -> [UInt8] {
        let style = String(decoding: PageAssets.style.bytes, as: UTF8.self)
        let script = String(decoding: PageAssets.script.bytes, as: UTF8.self)
        let text = document(
            title: title,
            head: "<meta http-equiv=\"Content-Security-Policy\" content=\"\(filePolicy)\">\n<style>\(style)</style>",
            footer: footer
        )
        // The script stands last, after the data that it reads.
        let end = "</body>\n</html>\n"
        var bytes = Array(text.dropLast(end.count).utf8)
        bytes += Array("<script type=\"application/json\" id=\"report\">".utf8)
        bytes += data
        bytes += Array("</script>\n<script type=\"module\">\(script)</script>\n\(end)".utf8)
        return bytes
    }

    private static func document(title: String = "Raceway", head: String, footer: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(MarkupText.escaped(title))</title>
        <link rel="icon" href="data:,">
        \(head)
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header><a class="brand" href="\(footer.isEmpty ? "/races" : "#/races")">Raceway</a><nav aria-label="Pages"></nav><span id="status"></span>\
        <span id="session"></span>\
        <button type="button" id="theme" aria-label="Colours" title="Colours"></button>\
        <button type="button" id="help" aria-label="Keys" title="Keys">?</button></header>
        <div id="banner" role="status"></div>
        <main id="main" tabindex="-1"><noscript><p>This page is drawn by its script, which this browser does not run. \
        <code>raceway analyze</code> prints the same as text.</p></noscript></main>
        <div id="live" class="hidden" role="status"></div>
        <dialog id="keys" aria-label="Keys"></dialog>
        <dialog id="palette" aria-label="Go to"></dialog>
        \(footer.isEmpty ? "" : "<footer>\(MarkupText.escaped(footer))</footer>")
        </body>
        </html>

        """
    }
}

/// Text between tags or inside a quoted attribute.
enum MarkupText {
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
