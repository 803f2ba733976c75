/// Requests as no correct client sends them, each between two good ones, with the answer that a correct server gives.
enum HostileRequests {
    static func all(eventsPerRequest count: Int, service: String) -> [RequestTemplate] {
        func good() -> RequestTemplate {
            var writer = ScenarioWriter(service: service)
            writer.banking(count)
            return writer.template
        }
        func bad(_ status: Int, type: String = "application/json", _ body: String) -> RequestTemplate {
            var template = RequestTemplate()
            template.add(body)
            template.status = status
            template.contentType = type
            return template
        }
        var resend = good()
        resend.isResend = true
        let hostile = [
            bad(400, "{\"events\":["),
            bad(400, String(repeating: "[", count: 100_000)),
            bad(422, "{\"events\":[{\"id\":7}]}"),
            bad(415, type: "text/plain", "{\"events\":[]}"),
            bad(400, "\u{1}\u{2}\u{3}"),
            bad(422, "{\"events\":[{\"id\":\"" + String(repeating: "x", count: 1_000_000) + "\"}]}"),
            resend,
        ]
        return hostile.flatMap { [good(), $0] }
    }
}
