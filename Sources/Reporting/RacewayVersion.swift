/// The version of the product, in the one place that says it.
public enum RacewayVersion {
    /// Semantic version, as `raceway --version`, reports and `/status` show it.
    public static let current = "0.1.0"
}
