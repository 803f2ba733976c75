import RacewayConfiguration
import Testing

@Suite struct `Variables in a file` {
    private func text(_ value: String, _ environment: [String: String] = [:]) throws -> String {
        try load(file: "[server]\ninstance_id = '\(value)'", environment: environment).configuration.server.instanceID
    }

    @Test(arguments: [
        ("${A}", "x"), ("a-${A}-${A}", "a-x-x"), ("${B:-y}", "y"), ("${EMPTY:-y}", "y"), ("${A:-y}", "x"),
        ("${EMPTY}", ""),
        ("${B:-}", ""), ("${B:-a:-b}", "a:-b"), ("$A", "$A"), ("$$A $${A}", "$A ${A}"), ("cost: 5$", "cost: 5$"),
        ("$", "$"),
        ("${Q}", "\"\\ [x]"),
    ])
    func `are filled in`(value: String, expected: String) throws {
        #expect(try text(value, ["A": "x", "EMPTY": "", "Q": "\"\\ [x]"]) == expected)
    }

    @Test func `that are not set are an error with file, key and name`() {
        let found = errors(file: "[server]\n\nhost = \"${NO_SUCH}\"")
        #expect(
            found.map(\.description) == [
                "raceway.toml:3:8: server.host: the environment variable NO_SUCH is not set; set it, or write ${NO_SUCH:-default}"
            ]
        )
    }

    @Test(arguments: ["${A", "${}", "${1A}", "${A B}", "${A-b}", "${${A}}"])
    func `that are malformed are an error`(value: String) {
        #expect(errors(file: "server.host = '\(value)'", environment: ["A": "x"]).count == 1)
    }

    @Test func `are numbers, Booleans and lists where the key is`() throws {
        let loaded = try load(
            file: """
                [server]
                port = "${P:-81}"
                auth_enabled = "${AUTH}"
                api_keys = "${KEYS}"
                cors_origins = ["${A}", "b"]
                """,
            environment: ["AUTH": "true", "KEYS": "k1,k2", "A": "https://a"]
        )
        #expect(loaded.configuration.server.port == 81 && loaded.configuration.server.authIsEnabled)
        #expect(loaded.configuration.server.apiKeys == [Secret("k1"), Secret("k2")])
        #expect(loaded.configuration.server.corsOrigins == ["https://a", "b"])
    }

    @Test func `never leave an empty key, which anybody could send`() {
        #expect(errors(file: "server.api_keys = [\"${K}\"]", environment: ["K": ""]).count == 1)
        #expect(errors(file: "server.api_keys = [\"${K:-}\"]").count == 1)
    }

    @Test func `are not looked for in variables and flags`() throws {
        let loaded = try load(environment: ["RACEWAY_SERVER_INSTANCE_ID": "${A}"], set: ["server.host=${B}"])
        #expect(loaded.configuration.server.instanceID == "${A}" && loaded.configuration.server.host == "${B}")
    }
}
