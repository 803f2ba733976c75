import RacewayClient

/// The accounts of a bank, and two ways to move money between them.
final class Bank: Sendable {
    let alice = Tracked("account:alice.balance", 1_000)
    let bob = Tracked("account:bob.balance", 0)
    private let accounts = TrackedMutex("accounts")
    private let check: FraudCheck

    init(check: FraudCheck) { self.check = check }

    /// Reads the balance, waits for the fraud check, and writes back what it computed from the old balance.
    func transfer(_ amount: Int) async {
        let balance = alice.get()
        guard balance >= amount else { return }
        await check.approve(amount)
        alice.set(balance - amount)
        bob.update { $0 += amount }
    }

    /// Asks first, and then reads and writes in one section of a lock.
    func transferFixed(_ amount: Int) async {
        await check.approve(amount)
        accounts.withLock {
            guard alice.get() >= amount else { return }
            alice.set(alice.get() - amount)
            bob.update { $0 += amount }
        }
    }
}

/// A service that answers slowly: it waits until a whole batch of questions is there, so that the example always meets
/// the schedule that a busy day only sometimes has.
actor FraudCheck {
    private let batch: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(batch: Int) { self.batch = batch }

    func approve(_ amount: Int) async {
        if waiting.count + 1 == batch {
            for continuation in waiting { continuation.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
