/// Two orders at the same time, each a trace of three spans in two services: both read 10 and write 9.
enum TwoOrders {
    /// The accesses are span events.
    static let traces = resources { order in
        spans(order, events: "\"events\":[\(moment(order, read: true)),\(moment(order, read: false))],")
    }

    /// The same spans, which say nothing of the accesses.
    static let bareSpans = resources { order in spans(order, events: "") }

    /// The accesses as log records, and an ordinary line of a log.
    static let logs: String = {
        let records = [1, 2].flatMap { order in [true, false].map { log(order, read: $0) } }
        let line = "{\"timeUnixNano\":\"1\",\"body\":{\"stringValue\":\"hello\"}}"
        return "{\"resourceLogs\":[{\(resource("stock")),\"scopeLogs\":[{\"logRecords\":["
            + (records + [line]).joined(separator: ",") + "]}]}]}"
    }()

    private static func resources(_ spans: (Int) -> (web: String, stock: String)) -> String {
        let orders = [spans(1), spans(2)]
        let web = orders.map(\.web).joined(separator: ",")
        let stock = orders.map(\.stock).joined(separator: ",")
        return
            "{\"resourceSpans\":[{\(resource("web")),\"scopeSpans\":[{\"scope\":{\"name\":\"shop\"},\"spans\":[\(web)]}]},"
            + "{\(resource("stock")),\"scopeSpans\":[{\"spans\":[\(stock)]}]}]}"
    }

    private static func resource(_ service: String) -> String {
        "\"resource\":{\"attributes\":[\(text("service.name", service)),\(text("service.instance.id", service + "-1"))]}"
    }

    private static func text(_ key: String, _ value: String) -> String {
        "{\"key\":\"\(key)\",\"value\":{\"stringValue\":\"\(value)\"}}"
    }

    private static func trace(_ order: Int) -> String { "\"traceId\":\"0af7651916cd43dd8448eb211c80319\(order)\"" }

    /// The root, the call and its handler.
    private static func spans(_ order: Int, events: String) -> (web: String, stock: String) {
        func span(_ number: Int, parent: Int?, kind: Int, _ start: Int, _ end: Int, _ more: String = "") -> String {
            let above = parent.map { "\"parentSpanId\":\"b7ad6b71692033\(order)\($0)\"," } ?? ""
            return "{\(trace(order)),\"spanId\":\"b7ad6b71692033\(order)\(number)\",\(above)\(more)"
                + "\"name\":\"step \(number)\",\"kind\":\(kind),"
                + "\"startTimeUnixNano\":\"\(time(start))\",\"endTimeUnixNano\":\"\(time(end))\"}"
        }
        let web = span(1, parent: nil, kind: 2, 0, 100) + "," + span(2, parent: 1, kind: 3, 10, 90)
        return (web, span(3, parent: 2, kind: 2, 20, 80, events))
    }

    private static func time(_ milliseconds: Int) -> Int { 1_700_000_000_000_000_000 + milliseconds * 1_000_000 }

    private static func moment(_ order: Int, read: Bool) -> String {
        "{\"timeUnixNano\":\"\(time(read ? 30 + order : 50 + order))\",\"name\":\"race.access\",\(attributes(read: read))}"
    }

    private static func log(_ order: Int, read: Bool) -> String {
        "{\(trace(order)),\"spanId\":\"b7ad6b71692033\(order)3\",\"timeUnixNano\":\"\(time(read ? 30 + order : 50 + order))\","
            + "\"eventName\":\"race.access\",\(attributes(read: read))}"
    }

    private static func attributes(read: Bool) -> String {
        func number(_ key: String, _ value: Int) -> String {
            "{\"key\":\"\(key)\",\"value\":{\"intValue\":\"\(value)\"}}"
        }
        var list = [
            text("race.object.id", "stock.amount"), text("race.access.kind", read ? "read" : "write"),
            number("race.seq", read ? 1 : 2), number("race.value.before", 10), text("code.file.path", "shop.py"),
            number("code.line.number", read ? 4 : 5),
        ]
        if !read { list.append(number("race.value.after", 9)) }
        return "\"attributes\":[\(list.joined(separator: ","))]"
    }
}
