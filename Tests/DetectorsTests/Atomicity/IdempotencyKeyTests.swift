import Testing

@testable import Detectors

struct IdempotencyKeyTests {
    @Test(arguments: [
        (#"{"HttpRequest":{"headers":{"Idempotency-Key":"pay-81"}}}"#, "pay-81"),
        (#"{"headers":{"x-idempotency-key" : "a b"}}"#, "a b"),
        (#"{"args":{"idempotency_key":42,"other":1}}"#, "42"),
        (#"{"note":"\"idempotency-key\":\"no\"","idempotencyKey":"yes"}"#, "yes"),
    ])
    func `a key is found wherever it stands`(json: String, key: String) {
        #expect(IdempotencyKey.find(in: Array(json.utf8)) == key)
    }

    @Test(arguments: [
        "", "{", #"{"idempotency-key"#, #"{"idempotency-key":"#, #"{"idempotency-key":null}"#,
        #"{"a":"idempotency-key"}"#,
        #"{"idempotency-key":""}"#, #"{"idempotency-key":{"a":1}}"#, #"{"idempotency-key":"\"#,
    ])
    func `anything else has none`(json: String) {
        #expect(IdempotencyKey.find(in: Array(json.utf8)) == nil)
    }
}
