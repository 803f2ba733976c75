import Crypto
import Detectors
import JSONText
import Reporting

/// One finding on its way to a receiver.
struct Alert: Sendable, Hashable {
    /// The same for every attempt, so that receivers can tell a repetition.
    var id: String
    /// JSON: `schema`, `type` (`race`, `deadlock` or `anomaly`), `instance`, `sent_at`, and `finding` as the report has it.
    var body: [UInt8]

    /// HMAC-SHA256 (RFC 2104) of the time, a dot and the body, in hexadecimal digits: a receiver that checks both is safe from
    /// bodies that somebody recorded.
    static func signature(of body: [UInt8], seconds: Int64, secret: String) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
        code.update(data: Array("\(seconds).".utf8))
        code.update(data: body)
        return code.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension Alert {
    init(
        _ type: String,
        fingerprint: String,
        instance: String,
        now: Int64,
        finding: (inout JSONWriter) -> Void
    ) {
        id = "\(instance)-\(fingerprint)"
        var json = JSONWriter()
        json.object { json in
            json.member("schema", 1)
            json.member("type", type)
            json.member("instance", instance)
            json.member("sent_at", UTCTime.text(nanoseconds: now))
            json.key("finding")
            finding(&json)
        }
        body = json.take()
    }
}

/// Which findings of an analysis nobody was told of yet.
struct AlertLedger {
    /// Groups remembered; beyond it those that were told of first are forgotten, and told of again if they are still found.
    private let groupsMax: Int

    /// The groups that were told of since half of the bound, and those of the half before: found ones move to the younger half.
    private var told: Set<String> = []
    private var toldBefore: Set<String> = []

    init(groupsMax: Int = 100_000) { self.groupsMax = groupsMax }

    /// How many groups are remembered.
    var count: Int { told.count + toldBefore.count }

    /// Whether a group is new, which it is not any more after.
    mutating func isNew(_ fingerprint: String) -> Bool {
        guard !told.contains(fingerprint) else { return false }
        if told.count >= groupsMax / 2 { (toldBefore, told) = (told, []) }
        told.insert(fingerprint)
        return toldBefore.remove(fingerprint) == nil
    }

    /// Remembers what was found before, without telling.
    mutating func note(_ analysis: Analysis) { _ = news(in: analysis, muted: [], instance: "", now: 0) }

    /// An alert for each group of findings that is new, of those that are more than candidates and that nobody muted.
    mutating func news(in analysis: Analysis, muted: Set<String>, instance: String, now: Int64) -> [Alert] {
        var alerts: [Alert] = []
        func add(_ type: String, _ fingerprint: String, _ finding: (inout JSONWriter) -> Void) {
            guard isNew(fingerprint), !muted.contains(fingerprint) else { return }
            alerts.append(Alert(type, fingerprint: fingerprint, instance: instance, now: now, finding: finding))
        }
        for race in analysis.races where race.grade > .candidate {
            add("race", race.fingerprint) { JSONRenderer.write(Race(BoundedFinding.of(race)), to: &$0) }
        }
        for deadlock in analysis.deadlocks {
            add("deadlock", deadlock.id) { JSONRenderer.write(Deadlock(BoundedFinding.of(deadlock)), to: &$0) }
        }
        for anomaly in analysis.anomalies where anomaly.grade > .candidate {
            add("anomaly", anomaly.fingerprint) { JSONRenderer.write(Anomaly(BoundedFinding.of(anomaly)), to: &$0) }
        }
        return alerts
    }
}
