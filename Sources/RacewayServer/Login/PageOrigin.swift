import HTTPTypes
import Hummingbird

/// Which page made a browser send a request: one of this server, of somebody else, or none that says so.
enum PageOrigin {
    case own
    case foreign
    case unknown

    /// By `Sec-Fetch-Site` (W3C Fetch Metadata) where the browser sends it, else by `Origin`, which must name the host that was asked.
    init(_ request: Request) {
        if let site = request.headers[.secFetchSite] {
            self = site == "same-origin" || site == "none" ? .own : .foreign
        } else if let origin = request.headers[.origin] {
            let host = origin.firstRange(of: "://").map { origin[$0.upperBound...] }
            self = host.map(String.init)?.lowercased() == request.head.authority?.lowercased() ? .own : .foreign
        } else {
            self = .unknown
        }
    }
}
