public import RacewayConfiguration

/// Who may use the page, and for how long.
public struct LoginPolicy: Sendable, Hashable {
    /// The password, or what ``PasswordHash`` made of it.
    public var password: Secret
    /// How long a login lasts, whatever is done with it.
    public var sessionTime: Duration
    /// Wrong passwords after which an address has to wait, and how long.
    public var attemptsMax: Int
    public var lockoutTime: Duration

    /// A policy; the defaults are those of the configuration.
    public init(
        password: Secret,
        sessionTime: Duration = .seconds(43_200),
        attemptsMax: Int = 10,
        lockoutTime: Duration = .seconds(300)
    ) {
        self.password = password
        self.sessionTime = sessionTime
        self.attemptsMax = attemptsMax
        self.lockoutTime = lockoutTime
    }
}
