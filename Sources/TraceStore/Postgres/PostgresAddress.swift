import CLibPQ

/// An address taken apart by libpq, with what the store adds to it.
struct PostgresAddress {
    private(set) var parameters: [(String, String)]
    let password: String?
    /// The address says itself how long a statement may take.
    let limitsStatements: Bool

    init(_ options: PostgresOptions) throws(StoreError) {
        var given: [String: String] = [:]
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(options.url, &message) else {
            // The message may quote a part of the address, and with it a password.
            PQfreemem(message)
            throw StoreError(
                .misconfigured,
                "the address of the database is neither postgres://user:password@host:port/database nor key=value pairs"
            )
        }
        var entry = parsed
        while let keyword = entry.pointee.keyword {
            if let value = entry.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            entry += 1
        }
        PQconninfoFree(parsed)
        let ports = given["port"]?.split(separator: ",") ?? []
        guard ports.allSatisfy({ port in Int(port.filter { $0 != " " }).map { (1...65_535).contains($0) } ?? false })
        else {
            throw StoreError(.misconfigured, "the address of the database has a port that is none; expected 1 to 65535")
        }
        password = given["password"]
        limitsStatements = given["options"]?.contains("statement_timeout") == true
        parameters = [
            ("application_name", "raceway"), ("connect_timeout", "\(options.connectTimeoutSeconds)"),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"),
        ].filter { given[$0.0] == nil }
        parameters += given.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
        parameters.append(("client_encoding", "UTF8"))
        guard options.flavour == .supabase else { return }
        let mode = given["sslmode"]
        guard mode == nil || ["require", "verify-ca", "verify-full"].contains(mode) else {
            throw StoreError(
                .misconfigured,
                "a supabase database is used with TLS only; set sslmode to require, verify-ca or verify-full"
            )
        }
        if mode == nil { parameters.append(("sslmode", "require")) }
    }
}

extension PostgresOptions {
    /// Reads the address without connecting.
    ///
    /// - Throws: `misconfigured`, without repeating the address: it may hold a password.
    public func checkAddress() throws(StoreError) { _ = try PostgresAddress(self) }
}
