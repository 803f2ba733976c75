/// What the SQLSTATE of a failure means for whoever called the store (PostgreSQL manual, appendix A).
enum PostgresErrors {
    static func code(_ state: String) -> StoreError.Code {
        switch state {
        case "53100": .full
        case "XX001", "XX002": .corrupt
        case "26000", "28000", "28P01", "3D000", "3F000", "0A000": .misconfigured
        default:
            switch state.prefix(2) {
            case "42": .misconfigured
            case "22", "54": .refused
            default: .unavailable
            }
        }
    }

    /// Trying the same transaction again at once may work: others were in the way, or a partition was missing.
    static func isTransient(_ state: String) -> Bool {
        ["40001", "40P01", "55P03", "23505", "23514"].contains(state)
    }

    /// The session is of no use any more although the socket may be: the server went down or became a standby.
    static func endsSession(_ state: String) -> Bool {
        ["57P01", "57P02", "57P03", "25006"].contains(state) || state.hasPrefix("08")
    }

    static func remedy(_ code: StoreError.Code) -> String {
        switch code {
        case .full: "free space on the server's volume; it will be tried again"
        case .misconfigured: "check the address, the rights of the role and the schema"
        case .corrupt: "the server found damage; check it and restore from a backup"
        case .refused: "these events will never be taken"
        default: "it will be tried again"
        }
    }

    /// A prepared statement is gone, or another's has its name: the session is shared by a pooler that hides it.
    static func isLostSession(_ state: String) -> Bool { ["26000", "42P05"].contains(state) }

    static let poolerRemedy =
        "a pooler gives every transaction another session; set storage.backend = \"supabase\", or connect to PostgreSQL itself"

    /// A remedy that only this failure to connect has.
    static func connectionRemedy(_ text: String) -> String? {
        text.contains("unsupported startup parameter")
            ? "a pooler stands before the server and takes no options: leave 'options' out of the address" : nil
    }

    /// What a failed attempt to connect means. Servers give no SQLSTATE there that libpq 15 would hand on.
    static func connectionCode(_ text: String) -> StoreError.Code {
        let lasting = [
            "authentication failed", "no password supplied", "no pg_hba.conf entry", "does not exist",
            "permission denied",
            "SSL", "certificate", "invalid", "unsupported", "not permitted",
            // What poolers say of a database or role that they do not know.
            "no such database", "no such user", "Tenant or user not found",
        ]
        // Names of hosts, databases and roles stand in quotes, and may say anything.
        let words = text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        let text = words.filter { $0.offset.isMultiple(of: 2) }.map { String($0.element) }.joined()
        // A socket that is not there (yet) "does not exist" either, but says so as "No such file".
        return lasting.contains { text.contains($0) } && !text.contains("SSL connection has been closed")
            ? .misconfigured : .unavailable
    }
}
