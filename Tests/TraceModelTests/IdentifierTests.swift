import Testing
import TraceModel

@Suite struct IdentifierTests {
    @Test(arguments: [
        "0af7651916cd43dd8448eb211c80319c", "0AF76519-16CD-43DD-8448-EB211C80319C",
        "{0af76519-16cd-43dd-8448-eb211c80319c}", "urn:uuid:0af76519-16cd-43dd-8448-eb211c80319c",
    ])
    func `every spelling of a UUID is the same trace`(text: String) throws {
        let id = try #require(TraceID(text))
        #expect(id.description == "0af76519-16cd-43dd-8448-eb211c80319c")
        #expect(id.hex == "0af7651916cd43dd8448eb211c80319c")
    }

    @Test(arguments: [
        "", "not-a-uuid", "0af7651916cd43dd8448eb211c80319", "0af7651916cd43dd8448eb211c80319g",
        "0af76519-16cd-43dd-8448eb211c80319c-", "0af76519_16cd_43dd_8448_eb211c80319c",
    ])
    func `anything else is refused`(text: String) {
        #expect(TraceID(text) == nil)
    }
}
