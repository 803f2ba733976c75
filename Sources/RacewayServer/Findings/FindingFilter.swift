import HTTPTypes

/// What filters of findings have in common.
enum FindingFilter {
    /// A query parameter that is a list with commas; `nil` when it is absent.
    static func list<Element: Hashable>(
        _ name: String,
        _ request: borrowing RouteRequest,
        _ element: (String) -> Element?
    ) throws(RequestFailure) -> Set<Element>? {
        guard let text = try request.text(name) else { return nil }
        var found: Set<Element> = []
        for part in text.split(separator: ",") {
            guard let one = element(String(part)) else {
                throw RequestFailure(.badRequest, "\(name) has an unknown value; see the API description", field: name)
            }
            found.insert(one)
        }
        return found
    }
}
