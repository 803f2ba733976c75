import FoundationEssentials

/// Where the labelled cases are: the environment variable RACEWAY_CORPORA, else `../shared/corpora` beside the package.
enum IsolationCorpora {
    /// The bytes of a file of the corpora, or `nil` and a message when it is absent.
    static func load(_ path: String) -> Data? {
        let root: URL
        if let override = ProcessInfo.processInfo.environment["RACEWAY_CORPORA"] {
            root = URL(filePath: override)
        } else {
            root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "../shared/corpora")
        }
        guard let data = try? Data(contentsOf: root.appending(path: path)) else {
            print("skipped: \(path) is not in the corpora")
            return nil
        }
        return data
    }
}

/// One JSON value whose type is not known beforehand.
enum LooseJSON: Decodable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case string(String)
    case array([LooseJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else {
            self = .array(try container.decode([LooseJSON].self))
        }
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var int: Int? { if case .int(let number) = self { number } else { nil } }
    var array: [LooseJSON]? { if case .array(let items) = self { items } else { nil } }
}
