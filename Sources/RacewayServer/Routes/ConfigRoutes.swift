import Hummingbird
import JSONText
import RacewayConfiguration

/// `/api/config`: what the server was started with, without secrets.
enum ConfigRoutes {
    static func all(_ server: ServerState) -> [Route] {
        [
            .get(
                "/api/config",
                style: .problem,
                role: .admin,
                RouteAbout(
                    "Every setting, where it comes from and its default; secrets redacted",
                    answer: .named("Settings")
                )
            ) { _ in
                Answer.json { json in
                    json.object { json in
                        json.member("version", server.configuration.version)
                        json.member("instance", server.instance)
                        json.array("keys") { json in
                            for key in server.settings == nil ? [] : ConfigurationKey.all {
                                server.settings?.write(key, to: &json)
                            }
                        }
                    }
                }
            }
        ]
    }
}
