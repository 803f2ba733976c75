import Detectors
import HTTPTypes
import Hummingbird
import IngestEngine
import JSONText
import Reporting
import TraceStore

/// A page of a sorted list, from behind a cursor.
struct CursorPage<Element, Cursor: Comparable> {
    let elements: ArraySlice<Element>
    /// Elements of the whole list.
    let total: Int
    /// Where the next page begins, when there is one.
    let next: Cursor?

    /// The page of `list`, which is sorted by its cursors.
    init(_ list: [Element], after cursor: Cursor?, limit: Int, by place: (Element) -> Cursor) {
        let rest = cursor.map { cursor in list.drop { !(cursor < place($0)) } } ?? list[...]
        elements = rest.prefix(limit)
        total = list.count
        next = rest.count > limit ? elements.last.map(place) : nil
    }
}

/// Lists of findings, all in one form.
enum FindingList {
    static func write<Element, Cursor>(
        _ key: String,
        _ page: CursorPage<Element, Cursor>,
        of program: ProgramInsight,
        bytesMax: Int,
        cursor: (Cursor) -> String,
        element: (Element, inout JSONWriter) -> Void,
        last: (Element) -> Cursor
    ) -> Response {
        Answer.json { json in
            json.object { json in
                // A page ends early rather than growing without bound; its cursor says where.
                let written = AnswerList.write(
                    key,
                    page.elements,
                    to: &json,
                    max: page.elements.count,
                    bytesMax: bytesMax,
                    element
                )
                let isWhole = written == page.elements.count
                json.member("total", page.total)
                json.member(
                    "next_cursor",
                    isWhole ? page.next.map(cursor) : page.elements.prefix(written).last.map { cursor(last($0)) }
                )
                json.member("revision", program.counts.revision)
                json.key("coverage")
                JSONRenderer.write(program.analysis.coverage, to: &json)
            }
        }
    }
}

/// A place in a list that is sorted by strength, then by id.
struct RankedCursor: Comparable {
    let rank: Int
    let id: String

    init(rank: Int, id: String) {
        self.rank = rank
        self.id = id
    }

    /// Reads what ``text`` wrote.
    init(_ text: String) throws(RequestFailure) {
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let rank = Int(parts[0]) else { throw RequestFailure.wrongCursor }
        self.rank = rank
        id = parts[1]
    }

    /// Opaque to clients.
    var text: String { "\(rank).\(id)" }

    /// The strongest first.
    static func < (a: RankedCursor, b: RankedCursor) -> Bool {
        a.rank == b.rank ? a.id < b.id : a.rank > b.rank
    }
}

extension RequestFailure {
    static var wrongCursor: RequestFailure {
        RequestFailure(.badRequest, "cursor must be a next_cursor that this server gave out", field: "cursor")
    }

    /// A finding that is not there, or no longer.
    static func noFinding(_ what: String, _ list: String) -> RequestFailure {
        RequestFailure(
            .notFound,
            "No \(what) has this id among the retained events; GET \(list) lists them",
            field: "id"
        )
    }
}
