import JSONText
import Reporting

/// Tables and text from a server, fit for a terminal.
enum Terminal {
    /// Text of a trace with control and direction characters spelled out, cut to a length.
    static func printable(_ text: String, limit: Int = 200) -> String { Printable.text(text, limit: limit) }

    /// Rows in aligned columns, two spaces between them; the last column is not padded.
    static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - DisplayWidth.of(cell))
            }
            .joined(separator: "  ")
        }
        .joined(separator: "\n") + "\n"
    }
}
