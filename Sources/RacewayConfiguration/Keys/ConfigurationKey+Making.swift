// The rows of the table are made by kind, so that a row cannot say one type and store another.

typealias Member<Value> = any WritableKeyPath<Configuration, Value> & Sendable

extension ConfigurationKey {
    static func boolean(
        _ path: String,
        _ member: Member<Bool>,
        _ seed: Seed,
        _ summary: String
    ) -> ConfigurationKey {
        make(path, .boolean, seed, summary) {
            .boolean($0[keyPath: member])
        } write: {
            if case .boolean(let value) = $1 { $0[keyPath: member] = value }
        }
    }

    static func toggle(
        _ path: String,
        _ member: Member<Toggle>,
        _ seed: Seed,
        _ summary: String
    ) -> ConfigurationKey {
        make(path, .toggle, seed, summary) {
            .text($0[keyPath: member].rawValue)
        } write: {
            if case .text(let text) = $1, let value = Toggle(rawValue: text) { $0[keyPath: member] = value }
        }
    }

    static func integer(
        _ path: String,
        _ member: Member<Int>,
        _ range: ClosedRange<Int>,
        _ seed: Seed,
        _ summary: String,
        aliases: [String] = []
    ) -> ConfigurationKey {
        integer(path, member, range, .none, seed, summary, aliases: aliases)
    }

    static func integer(
        _ path: String,
        _ member: Member<Int>,
        _ range: ClosedRange<Int>,
        _ unit: Unit,
        _ seed: Seed,
        _ summary: String,
        aliases: [String] = [],
        formerPaths: [String] = []
    ) -> ConfigurationKey {
        make(path, .integer(range), unit: unit, seed, summary, aliases: aliases, formerPaths: formerPaths) {
            .integer($0[keyPath: member])
        } write: {
            if case .integer(let value) = $1 { $0[keyPath: member] = value }
        }
    }

    static func text(
        _ path: String,
        _ member: Member<String>,
        _ seed: Seed,
        _ summary: String,
        mayBeEmpty: Bool = true,
        aliases: [String] = []
    ) -> ConfigurationKey {
        make(path, .text(mayBeEmpty: mayBeEmpty), seed, summary, aliases: aliases) {
            .text($0[keyPath: member])
        } write: {
            if case .text(let text) = $1 { $0[keyPath: member] = text }
        }
    }

    static func secret(
        _ path: String,
        _ member: Member<Secret>,
        _ seed: Seed,
        _ summary: String,
        aliases: [String] = []
    ) -> ConfigurationKey {
        make(path, .text(mayBeEmpty: true), isSecret: true, seed, summary, aliases: aliases) {
            .text($0[keyPath: member].exposed)
        } write: {
            if case .text(let text) = $1 { $0[keyPath: member] = Secret(text) }
        }
    }

    static func list(
        _ path: String,
        _ member: Member<[String]>,
        _ seed: Seed,
        _ summary: String
    ) -> ConfigurationKey {
        make(path, .list, seed, summary) {
            .list($0[keyPath: member])
        } write: {
            if case .list(let list) = $1 { $0[keyPath: member] = list }
        }
    }

    static func secrets(
        _ path: String,
        _ member: Member<[Secret]>,
        _ seed: Seed,
        _ summary: String,
        aliases: [String] = []
    ) -> ConfigurationKey {
        make(path, .list, isSecret: true, seed, summary, aliases: aliases) {
            .list($0[keyPath: member].map(\.exposed))
        } write: {
            if case .list(let list) = $1 { $0[keyPath: member] = list.map { Secret($0) } }
        }
    }

    static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ path: String,
        _ member: Member<Value>,
        _ seed: Seed,
        _ summary: String,
        onTrue: Value? = nil,
        onFalse: Value? = nil,
        aliases: [String] = []
    ) -> ConfigurationKey {
        let kind = ConfigurationKind.choice(
            Value.allCases.map(\.rawValue),
            onTrue: onTrue?.rawValue,
            onFalse: onFalse?.rawValue
        )
        return make(path, kind, seed, summary, aliases: aliases) {
            .text($0[keyPath: member].rawValue)
        } write: {
            if case .text(let text) = $1, let value = Value(rawValue: text) { $0[keyPath: member] = value }
        }
    }

    private static func make(
        _ path: String,
        _ kind: ConfigurationKind,
        unit: Unit = .none,
        isSecret: Bool = false,
        _ seed: Seed,
        _ summary: String,
        aliases: [String] = [],
        formerPaths: [String] = [],
        read: @escaping @Sendable (Configuration) -> ConfigurationValue,
        write: @escaping @Sendable (inout Configuration, ConfigurationValue) -> Void
    ) -> ConfigurationKey {
        ConfigurationKey(
            path: path,
            kind: kind,
            unit: unit,
            isSecret: isSecret,
            summary: summary,
            seed: seed,
            aliases: aliases,
            formerPaths: formerPaths,
            read: read,
            write: write
        )
    }
}
