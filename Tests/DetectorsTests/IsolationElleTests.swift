import Detectors
import FoundationEssentials
import Testing

/// Transaction histories with the verdicts that Elle's own tests assert.
@Suite struct IsolationElleTests {
    struct Case: Decodable {
        struct Transaction: Decodable {
            var id: String
            var process: Int
            var type: String
            var ops: [[LooseJSON]]
        }

        var id: String
        var datatype: String
        var txns: [Transaction]
        var checked_model: String
        var expect_anomaly_types: [String]
        var valid: Bool
        var event_order: [[LooseJSON]]?
        var assumptions: [String]?
    }

    @Test func `every history gets the verdict and the anomaly types that Elle gives it`() throws {
        guard let data = IsolationCorpora.load("elle/cases.json") else { return }
        let cases = try JSONDecoder().decode([Case].self, from: data)
        var agreed = 0
        for item in cases {
            let (names, isValid) = verdict(of: item)
            let agrees = names == item.expect_anomaly_types.sorted() && isValid == item.valid
            #expect(agrees, "\(item.id): \(names) \(isValid), expected \(item.expect_anomaly_types) \(item.valid)")
            if agrees { agreed += 1 }
        }
        print("elle: \(agreed) of \(cases.count) verdicts and anomaly types agree")
    }

    private func verdict(of item: Case) -> (names: [String], isValid: Bool) {
        let history = history(of: item)
        let single: IsolationAnomaly? =
            switch item.checked_model {
            case "predicate g1a-cases": .abortedRead
            case "predicate g1b-cases": .intermediateRead
            default: nil
            }
        guard let single else {
            let verdict = checker(for: item).check(history)
            return (verdict.anomalyNames, verdict.isValid)
        }
        let found = HistoryChecker(anomalies: [single]).check(history).findings.filter { $0.anomaly == single }
        return (found.isEmpty ? [] : [single.name], found.isEmpty)
    }

    private func checker(for item: Case) -> HistoryChecker {
        var registers = RegisterAssumptions()
        for assumption in item.assumptions ?? [] {
            switch assumption {
            case "linearizable-keys": registers.linearizableKeys = true
            case "sequential-keys": registers.sequentialKeys = true
            case "wfr-keys": registers.writesFollowReads = true
            default:
                let order = assumption.split(separator: ":").last ?? ""
                registers.commitOrder = order.split { $0 == "," || $0 == " " }.compactMap { name in
                    item.txns.firstIndex { $0.id == name }
                }
            }
        }
        let model = item.checked_model.split(separator: " ").first.map(String.init) ?? ""
        guard model == "anomalies" else {
            let level = IsolationLevel(rawValue: model)
            #expect(level != nil, "unknown model \(item.checked_model)")
            return HistoryChecker(level: level ?? .strictSerializable, registers: registers)
        }
        let names = item.checked_model.split { $0 == "[" || $0 == "]" }.last?.split { $0 == "," || $0 == " " } ?? []
        return HistoryChecker(anomalies: Set(names.flatMap { anomalies(named: String($0)) }), registers: registers)
    }

    private func anomalies(named name: String) -> [IsolationAnomaly] {
        switch name {
        case "G0": return [.cycle(CycleAnomaly(.write))]
        case "G1": return [.abortedRead, .intermediateRead, .cycle(CycleAnomaly(.information))]
        case "G1c": return [.cycle(CycleAnomaly(.information))]
        case "G-single": return [.cycle(CycleAnomaly(.single, predicate: true))]
        case "G-nonadjacent": return [.cycle(CycleAnomaly(.nonadjacent, predicate: true))]
        case "G2": return [.cycle(CycleAnomaly(.antidependency, predicate: true))]
        case "G2-item": return [.cycle(CycleAnomaly(.antidependency))]
        case "internal": return [.internalInconsistency]
        case "dirty-update": return [.dirtyUpdate]
        default:
            Issue.record("unknown anomaly \(name)")
            return []
        }
    }

    private func history(of item: Case) -> History {
        var keys: [LooseJSON: Int] = [:]
        func key(_ value: LooseJSON) -> Int {
            if let known = keys[value] { return known }
            keys[value] = keys.count
            return keys.count - 1
        }
        var begins: [Int: Int] = [:]
        var ends: [Int: Int] = [:]
        for (position, event) in (item.event_order ?? []).enumerated() {
            guard event.count == 2, let number = event[1].int else { continue }
            if event[0].string == "invoke" { begins[number - 1] = position } else { ends[number - 1] = position }
        }
        let transactions = item.txns.enumerated().map { index, transaction in
            History.Transaction(
                transaction.ops.compactMap { operation in
                    guard operation.count == 3, let kind = operation[0].string else { return nil }
                    let key = key(operation[1])
                    switch (kind, item.datatype) {
                    case ("append", _): return .append(key: key, element: operation[2].int ?? -1)
                    case ("w", _): return .write(key: key, value: operation[2].int ?? -1)
                    case (_, "list-append"):
                        return .readList(key: key, elements: (operation[2].array ?? []).compactMap(\.int))
                    default: return .read(key: key, value: operation[2].int)
                    }
                },
                status: transaction.type == "ok" ? .committed : transaction.type == "fail" ? .aborted : .unknown,
                session: transaction.process,
                begin: begins[index],
                end: ends[index]
            )
        }
        return History(transactions)
    }
}
