/// A vector clock as services exchange it: one counter a component, components in order of arrival.
///
/// It is a hint about the sender's past. Two concurrent requests of one instance share a component, so a server must
/// not read it as an order of all events.
public struct ClockVector: Hashable, Sendable {
    /// One counter.
    public struct Component: Hashable, Sendable {
        /// Usually `service#instance`.
        public let name: String
        /// Events so far.
        public let value: UInt64

        /// Makes a counter.
        public init(name: String, value: UInt64) {
            self.name = name
            self.value = value
        }
    }

    /// The counters; a name comes once.
    public private(set) var components: [Component] = []

    /// The most components kept; the first ones win. Beyond that the header would exceed what servers accept.
    public static let componentsMax = 256

    /// No knowledge.
    public init() {}

    /// Takes components in order; of a name that comes twice the larger value counts.
    public init(_ components: some Sequence<Component>) {
        for component in components { raise(component.name, to: component.value) }
    }

    /// True when there is no component.
    public var isEmpty: Bool { components.isEmpty }

    /// The counter of a component, 0 when it is unknown.
    public subscript(_ name: String) -> UInt64 {
        components.first { $0.name == name }?.value ?? 0
    }

    /// Counts one more event of a component and returns the new value. Stays at the largest number for ever.
    @discardableResult
    public mutating func tick(_ name: String) -> UInt64 {
        let old = self[name]
        let new = old == .max ? old : old + 1
        raise(name, to: new)
        return new
    }

    /// Takes over what another clock knows: the larger value of each component.
    public mutating func merge(_ other: ClockVector) {
        for component in other.components { raise(component.name, to: component.value) }
    }

    private mutating func raise(_ name: String, to value: UInt64) {
        if let index = components.firstIndex(where: { $0.name == name }) {
            if components[index].value < value { components[index] = Component(name: name, value: value) }
        } else if components.count < Self.componentsMax {
            components.append(Component(name: name, value: value))
        }
    }
}
